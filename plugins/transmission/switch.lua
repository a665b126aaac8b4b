-- Whether a switch is on: some clients write true, others 1.
return function(value)
  return value == true or value == 1
end
