-- Ends a hold, charges what was used and appends the usage event: all of it, and once by request id, for the marker is
-- set in the same step. Works without the hold, which Redis may have lost: usage is never lost.
--
-- keys: holds, leases, settled marker, event stream, then the counters of each scope
-- args: request id, held tokens, held cost, minute, day, week, month, tokens, cost, event as JSON, seconds to keep the
--       marker, 'expired' to settle only what has outlived its lease
-- Answers 1 when this call settled it, 0 when it had been settled before or is alive.
function verbs.settle(keys, args)
  local id = args[1]
  if args[12] == 'expired' then
    local lease_ends = redis.call('ZSCORE', keys[2], id)
    if not lease_ends or tonumber(lease_ends) > now_ms then return 0 end
  end
  if not redis.call('SET', keys[3], '1', 'NX', 'EX', args[11]) then return 0 end

  local was_held = redis.call('HDEL', keys[1], id)
  redis.call('ZREM', keys[2], id)
  local more_tokens, more_cost = args[8] - was_held * args[2], args[9] - was_held * args[3]
  for scope = 5, #keys do
    local now = read(keys[scope])
    now[RUNNING] = math.max(0, now[RUNNING] - was_held)
    correct_window(now, args[4], more_tokens)
    charge(now, args, 5, more_tokens, more_cost)
    write(keys[scope], now)
  end
  redis.call('XADD', keys[4], '*', 'event', args[10])
  return 1
end
