-- Publishes drafts of a given size, each of new content. Arguments after "--":
-- token, path of the clients, number of channels, bytes, first number, and
-- "expect" if each publish shall name the version of the channel that it is
-- to follow.
local path, channels, bytes, number, expects, headers
local version = 0
local threads = {}
created, conflicts, failures = 0, 0, 0

function setup(thread) table.insert(threads, thread) end

function init(args)
  path, channels, bytes = args[2], tonumber(args[3]), tonumber(args[4])
  number, expects = tonumber(args[5]), args[6] == "expect"
  headers = {["Authorization"] = "Bearer " .. args[1],
             ["Content-Type"] = "application/json"}
end

local function draft()
  local head = string.format(
    '{"mcpServers":{"docs":{"command":"npx","args":["%d', number)
  local tail = '"]}}}'
  return head .. string.rep(" x", bytes):sub(1, bytes - #head - #tail) .. tail
end

function request()
  number = number + 1
  local channel = string.format("%s/bench-%d/publish", path, number % channels)
  local expected = expects and ',"expected_version":' .. version or ""
  return wrk.format("POST", channel, headers, '{"draft_payload":' .. draft() ..
                    ',"changelog":"Measure"' .. expected .. '}')
end

-- Writers learn the version as well as they can: from each other's success and
-- from what a lost race is told.
function response(status, _, body)
  if status == 201 then
    created = created + 1
    -- Every publish here is the next patch: 1.0.0 is the channel's version 1.
    version = math.max(version, body:match('"version":"1%.0%.(%d+)"') + 1)
  elseif status == 409 then
    conflicts = conflicts + 1
    local now = tonumber(body:match('"current_version":(%d+)'))
    version = math.max(version, now or 0)
  else
    failures = failures + 1
    if failures == 1 then io.stderr:write(status, " ", body, "\n") end
  end
end

function done(summary, latency)
  local sum = {created = 0, conflicts = 0, failures = 0}
  for _, thread in ipairs(threads) do
    for name, n in pairs(sum) do sum[name] = n + thread:get(name) end
  end
  local e = summary.errors
  local lost = e.connect + e.read + e.write + e.timeout
  print(string.format("result %d %d %.4f %.4f %d", sum.created, sum.conflicts,
                      summary.duration / 1e6, latency:percentile(99) / 1e3,
                      sum.failures + lost))
end
