std = "lua54"
max_line_length = 120
exclude_files = { "lua/meta/**", "build*/**" }
files["tests/**/*_spec.lua"] = { std = "+busted" }
files["bench/*.lua"] = { globals = { "arg" } }
files["tests/lua/run.lua"] = { globals = { "arg" } }
files["lua/btshare/script.lua"] = { globals = { "arg", "package.path", "package.cpath" } }
