local obfuscation = require "btshare.obfuscation"
local helper = require "helper"

describe("preferred obfuscation", function()
  local applied, keeper
  before_each(function()
    applied = {}
    keeper = obfuscation.new(function(settings) applied[#applied + 1] = settings.in_enc_policy end)
  end)
  after_each(function() keeper:close() end)

  it("turns plain calls away at first, unless told otherwise", function()
    assert.same({ in_enc_policy = 0, out_enc_policy = 1 }, obfuscation.settings "prefer")
    assert.same({ in_enc_policy = 0, out_enc_policy = 0 }, obfuscation.settings "require")
    assert.same({ in_enc_policy = 2, out_enc_policy = 2 }, obfuscation.settings "off")
  end)

  it("lets plain calls in for a recipient that could not be reached", function()
    keeper:on_calling "203.0.113.1"
    keeper:on_calling "203.0.113.1"
    helper.wait_for(function() return #applied > 0 end, 12)
    assert.same({ 1 }, applied)
  end)

  it("lets them in while there is a public share", function()
    keeper:set_public(true)
    assert.same({ in_enc_policy = 1 }, keeper:settings())
    keeper:set_public(false)
    assert.same({ 1, 0 }, applied)
  end)

  it("lets none in for a recipient that was reached", function()
    keeper:on_calling "203.0.113.1"
    keeper:on_connected "203.0.113.1"
    assert.is_nil(next(keeper.waiting))
    assert.same({}, applied)
  end)
end)
