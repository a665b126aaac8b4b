local router = require "btshare.http.router"

local function find(routes, method, ...)
  local handler, parameters = routes:find(method, { ... })
  return handler and handler(), parameters
end

describe("the router", function()
  local routes
  before_each(function()
    routes = router.new()
    routes:add("GET /", function() return "root" end)
    routes:add("GET /s/:token", function() return "page" end)
    routes:add("GET /s/:token/zip", function() return "zip" end)
    routes:add("GET /w/:token/*path", function() return "seed" end)
    routes:add("POST /s/:token", function() return "unlock" end)
  end)

  it("finds literals before parameters, and says what a parameter stands for", function()
    routes:add("GET /s/help", function() return "help" end)
    assert.equal("root", (find(routes, "GET")))
    assert.equal("help", (find(routes, "GET", "s", "help")))
    local name, parameters = find(routes, "GET", "s", "abc", "zip")
    assert.equal("zip", name)
    assert.same({ token = "abc" }, parameters)
  end)

  it("gives the rest of a path as a list", function()
    local name, parameters = find(routes, "GET", "w", "abc", "a", "b")
    assert.equal("seed", name)
    assert.same({ token = "abc", path = { "a", "b" } }, parameters)
  end)

  it("answers HEAD like GET, other methods with 405, unknown paths with 404", function()
    assert.equal("page", (find(routes, "HEAD", "s", "abc")))
    assert.same({ nil, 405 }, { find(routes, "DELETE", "s", "abc") })
    assert.same({ nil, 404 }, { find(routes, "GET", "s", "abc", "nothing") })
    assert.same({ nil, 404 }, { find(routes, "GET", "s") })
  end)

  it("does not take the signs of patterns for patterns", function()
    assert.same({ nil, 404 }, { find(routes, "GET", ":", "abc") })
    assert.same({ nil, 404 }, { find(routes, "GET", "s", "*") })
  end)

  it("has a default give way as long as there is another one", function()
    routes:add("GET /y", function() return "usual" end, { is_default = true })
    local undo = routes:add("GET /y", function() return "own" end)
    assert.equal("own", (find(routes, "GET", "y")))
    assert.has_error(function() routes:add("GET /y", print) end, "route GET /y: is taken")
    undo()
    assert.equal("usual", (find(routes, "GET", "y")))
  end)

  it("takes a route back, and refuses a second one", function()
    local undo = routes:add("GET /x", function() return "x" end)
    assert.has_error(function() routes:add("GET /x", print) end, "route GET /x: is taken")
    undo()
    assert.same({ nil, 404 }, { find(routes, "GET", "x") })
    assert.equal(5, #routes:routes())
  end)
end)
