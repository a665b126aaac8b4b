-- Whether a switch is on: some clients write true, others 1 or "true", and Transmission takes them all.
return function(value)
  return value == true or value == 1 or value == "true"
end
