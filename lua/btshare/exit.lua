-- The exit codes; scripts rely on them.
return {
  ok = 0,
  failed = 1,
  usage = 2,
  missing = 3,
  not_running = 4,
  refused = 5,
  timed_out = 6,
  not_here = 64, -- the console beyond this machine
  port_in_use = 71,
  second_instance = 73,
  start_again = 75,
  configuration = 78,
  interrupted = 130,
}
