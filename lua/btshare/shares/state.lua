-- The one place where a share changes its state: what goes with a state is kept in step here.

---@param share btshare.Share
---@param state btshare.State
---@param reason string? in words, for missing and failed
return function(share, state, reason)
  if state ~= share.state then
    if share.state == "missing" then
      share.root.missing:remove(share)
      share.has_returned, share.gone_since = share.gone_since ~= nil, nil
    end
    if state == "missing" then share.root.missing:add(share) end
  end
  share.state, share.reason = state, reason
  if state ~= "preparing" and state ~= "changed" then
    share.progress = nil
  end
end
