-- Ends a run of wrk with one line for a script to read: requests, seconds,
-- 99th and 95th percentile in milliseconds, failures.
function done(summary, latency)
  local e = summary.errors
  print(string.format("result %d %.4f %.4f %.4f %d", summary.requests,
                      summary.duration / 1e6, latency:percentile(99) / 1e3,
                      latency:percentile(95) / 1e3,
                      e.connect + e.read + e.write + e.status + e.timeout))
end
