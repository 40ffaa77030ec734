-- Reads that clients make. Arguments after "--": path of the ledger, which
-- (get_config, diff_config or discovery), number of profiles.
dofile((debug.getinfo(1, "S").source:match("^@(.*)/") or ".") ..
       "/lib_report.lua")

local targets, number = {}, 0

function init(args)
  local path, what, profiles = args[1], args[2], args[3]
  for i = 0, profiles - 1 do
    local profile = path .. "/clients/claude-code/profiles/bench-" .. i
    if what == "get_config" then
      table.insert(targets, profile .. "/config")
    elseif what == "diff_config" then
      table.insert(targets, profile .. "/diff?current_artifact_id=sha256:" ..
                   string.rep("0", 64))
    else
      table.insert(targets, path .. "/clients")
      table.insert(targets, path .. "/clients/claude-code/profiles")
    end
  end
end

function request()
  number = number + 1
  return wrk.format("GET", targets[number % #targets + 1])
end
