-- The metrics of a running btshare, as Prometheus would scrape them, held against the rules of their format.
local client = require "http_client"
local helper = require "helper"
local site_module = require "site"

local function base64(text)
  local digits = require("core.crypto").base64url(text):gsub("[-_]", { ["-"] = "+", ["_"] = "/" })
  return digits .. ("="):rep(-#digits % 4)
end

-- The text format 0.0.4, strictly: families in one piece, HELP and TYPE before the samples, names and labels as they
-- must be, no sample twice. Gives values by "name{labels}" and families by name.
local function parse(text, is_open_metrics)
  assert.equal("\n", text:sub(-1))
  local families, samples, current, ended = {}, {}, nil, false
  for line in text:gmatch("([^\n]*)\n") do
    assert.is_false(ended, "after the end: " .. line)
    local word, name, rest = line:match("^# (%u+) ([%a_:][%w_:]*) (.+)$")
    if line == "# EOF" then
      assert.is_true(is_open_metrics)
      ended = true
    elseif word == "HELP" then
      assert.is_nil(families[name], name .. " is there twice")
      current = { name = name, help = rest }
      families[name] = current
    elseif word == "TYPE" then
      assert.equal(current.name, name)
      assert.is_nil(current.type)
      assert.is_truthy(("counter gauge histogram"):find(rest, 1, true))
      current.type = rest
    elseif word == "UNIT" then
      assert.is_true(is_open_metrics)
      assert.equal(rest, name:match("_(%a+)$"))
    else
      local sample, labels, value = line:match("^([%a_:][%w_:]*)(%b{}) (%S+)$")
      if not sample then
        sample, value = line:match("^([%a_:][%w_:]*) (%S+)$")
        labels = "{}"
      end
      assert.is_truthy(sample, "no sample: " .. line)
      for part in labels:sub(2, -2):gmatch("[^,]+") do
        assert.is_truthy(part:find('^[%a_][%w_]*="[^"\\]*"$'), "no label: " .. line)
      end
      local suffix = sample:sub(#current.name + 1)
      assert.equal(current.name, sample:sub(1, #current.name), line .. " stands in another family")
      local allowed = { gauge = { [""] = true }, histogram = { _bucket = true, _sum = true, _count = true },
        counter = { [is_open_metrics and "_total" or ""] = true } }
      assert.is_true(allowed[current.type][suffix], line)
      if current.type == "counter" then assert.is_truthy(sample:find("_total$"), line) end
      assert.is_nil(samples[sample .. labels], line .. " is there twice")
      samples[sample .. labels] = assert(tonumber(value), line)
    end
  end
  assert.equal(is_open_metrics or false, ended)
  return samples, families
end

describe("the plugin metrics", function()
  local site, token

  before_each(function()
    site = site_module.start(function(share) helper.write(share .. "/film.bin", ("x"):rep(300000)) end,
      'plugin "metrics"\n')
    site:wait("share-ready", "film.bin")
    token = site.daemon:command({ "token", "prometheus", "--scope", "read" }):match("btsh_[%w_-]+")
  end)

  after_each(function()
    site.daemon:stop()
    site.place:close()
  end)

  local function scrape(more, path)
    return client.get(site.console, path or "/metrics", "Authorization: Bearer " .. token .. "\r\n" .. (more or ""))
  end

  it("are given to who has a token, as Bearer or as a password, and to nobody else", function()
    assert.equal(401, client.get(site.console, "/metrics").status)
    assert.equal(401, client.get(site.console, "/metrics", "Authorization: Bearer btsh_wrong\r\n").status)
    assert.equal(404, client.get(site.public, "/metrics").status)
    assert.equal(200, scrape().status)
    local basic = base64("prometheus:" .. token)
    assert.equal(200, client.get(site.console, "/metrics", "Authorization: Basic " .. basic .. "\r\n").status)
  end)

  it("are text that a strict reader takes, and change with what happens", function()
    local answer = scrape()
    assert.equal("text/plain; version=0.0.4; charset=utf-8", answer.headers["content-type"])
    local before, families = parse(answer.body)
    assert.equal(1, before['btshare_shares{state="ready"}'])
    assert.equal(0, before['btshare_shares{state="failed"}'])
    assert.equal(300000, before["btshare_shared_bytes{}"])
    assert.equal(0, before['btshare_sent_bytes_total{way="http"}'])
    assert.equal(1, before['btshare_plugin_running{plugin="metrics"}'])
    assert.equal("counter", families["btshare_http_requests_total"].type)
    assert.is_true(math.abs(before["process_start_time_seconds{}"] - os.time()) < 60)
    assert.is_true(before["process_resident_memory_bytes{}"] > 1000000)
    local page = site:page("film.bin")
    assert.equal(200, client.get(site.public, page .. "/f/1/film.bin").status)
    assert.equal(404, client.get(site.public, "/s/nothing").status)
    local after
    helper.wait_for(function()
      after = parse(scrape().body)
      return after['btshare_sent_bytes_total{way="http"}'] == 300000
        and after["btshare_completed_downloads_total{}"] == 1
    end, 5, "the bytes and the download to be counted")
    assert.equal(before['btshare_http_requests_total{listener="public",code="2xx"}'] + 1,
      after['btshare_http_requests_total{listener="public",code="2xx"}'])
    assert.equal(before['btshare_http_requests_total{listener="public",code="4xx"}'] + 1,
      after['btshare_http_requests_total{listener="public",code="4xx"}'])
  end)

  it("sort how late the loop is into rising buckets", function()
    local samples
    helper.wait_for(function()
      samples = parse(scrape().body)
      return samples["btshare_loop_lag_seconds_count{}"] >= 3
    end, 5, "some looks")
    local last = 0
    for _, bound in ipairs { "0.001", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "+Inf" } do
      local count = assert(samples[('btshare_loop_lag_seconds_bucket{le="%s"}'):format(bound)], bound)
      assert.is_true(count >= last)
      last = count
    end
    assert.equal(samples["btshare_loop_lag_seconds_count{}"], last)
  end)

  it("are OpenMetrics for who asks for that", function()
    local answer = scrape("Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5\r\n")
    assert.equal("application/openmetrics-text; version=1.0.0; charset=utf-8", answer.headers["content-type"])
    local samples, families = parse(answer.body, true)
    assert.equal("counter", families["btshare_sent_bytes"].type)
    assert.equal(0, samples['btshare_sent_bytes_total{way="bittorrent"}'])
  end)
end)
