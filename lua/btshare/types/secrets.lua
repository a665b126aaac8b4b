-- The checks of what must not be seen: a set that holds none of them.
return setmetatable({}, { __mode = "k" })
