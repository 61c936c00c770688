-- Counts one call against the minute of a provider and of its deployment, on both or on none. The windows slide: the last
-- minute weighs as much as is left of it. Only the fields of a minute are used.
--
-- keys: the counters of the provider, and of the deployment
-- args: tokens at worst, then for each key requests and tokens a minute ('' = no limit)
-- Answers the minute of the call, or -ms to wait.
function verbs.take(keys, args)
  local all = {}
  for at, key in ipairs(keys) do
    local now = read(key)
    local requests, most = tonumber(args[at * 2]), tonumber(args[at * 2 + 1])
    now[REQUESTS], now[TOKENS] = now[REQUESTS] + 1, now[TOKENS] + args[1]
    local used_requests = now[REQUESTS] + math.ceil(now[LAST_REQUESTS] * (1 - into_minute))
    local used_tokens = now[TOKENS] + math.ceil(now[LAST_TOKENS] * (1 - into_minute))
    if (requests and used_requests > requests) or (most and used_tokens > most) then
      return -math.max(1, math.ceil((1 - into_minute) * 60000))
    end
    all[at] = now
  end
  for at, key in ipairs(keys) do write(key, all[at]) end
  return this_minute
end

-- Says what a call came to in the end.
-- args: tokens more or less than were taken, minute of the call, requests to give back
function verbs.correct(keys, args)
  for _, key in ipairs(keys) do
    local now = read(key)
    correct_window(now, args[2], args[1])
    if args[2] == this_minute then now[REQUESTS] = math.max(0, now[REQUESTS] - args[3]) end
    if args[2] == this_minute - 1 then now[LAST_REQUESTS] = math.max(0, now[LAST_REQUESTS] - args[3]) end
    write(key, now)
  end
  return 0
end
