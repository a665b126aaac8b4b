-- Lets somebody in for the owner of this BTshare, who need not know the password.

---Call in a task: plugins are asked.
---@param services btshare.Services
---@param share btshare.Share
---@param link btshare.Link
---@return string? grant of the swarm; nil without a message: none is needed
---@return string? message
---@return string? code
return function(services, share, link)
  local entrance = services.entrance
  local pass = { link = link.id, name = link.name, address = "" }
  if entrance:may(share, pass, "announce") then return nil end
  local event = {
    share = services.shares:describe(share), link = { id = link.id, name = link.name }, address = "", password = "",
    by_owner = true,
  }
  pass.mark = services.events:ask("share-unlock", event) and event.grant or nil
  pass.proof = entrance:swarm_grant(pass)
  if pass.proof and entrance:may(share, pass, "announce") then return pass.proof end
  return nil, share.entry .. ": what keeps it closed lets nobody in for its owner", "denied"
end
