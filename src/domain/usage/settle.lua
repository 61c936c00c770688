-- settle
-- Ends a hold, charges what was used and appends the usage event, once by request id. Whoever takes the hold away charges.
-- A hold that is not there was settled before, or Redis has lost it with its memory: then it is charged as well, once, and
-- the event is appended in both cases, because usage is never lost: the ledger keeps one of each request.
--
-- call: 1, request id, tokens held, cost held, minute, number of its periods, epoch of its reservation, tokens, cost, number
--       of the event's text or 0 for a call that was not made, numbers of its payers, number of the settled marker and the
--       seconds to keep it when its id may be reserved again, else 0, the owner of a hold that is settled only when its
--       lease has ended
-- Answers 1 when this call settled it, 0 when it had been settled before or its owner lives.
local function settle(call)
  local id, periods, event, marker, owner = call[2], batch.periods[call[6]], call[10], call[12], call[14]
  if owner then
    local lease_ends = redis.call('ZSCORE', LEASES, owner)
    if lease_ends and tonumber(lease_ends) > now_ms then return 0 end
  end

  for _, number in ipairs(call[11]) do counters(batch.payers[number].key) end -- fails, if it does, before anything is done
  if marker > 0 then
    if not redis.call('SET', KEYS[marker], '1', 'NX', 'EX', call[13]) then return 0 end
    redis.call('ZREM', LEASES, id)
  end

  local was_held = redis.call('HDEL', HOLDS, id)
  if was_held == 0 and (owner or event == 0) then return 0 end
  local charges = was_held
  if call[7] ~= epoch then
    local is_first = redis.call('SADD', LATE, id)
    redis.call('EXPIRE', LATE, 86400)
    if was_held == 0 then charges = is_first end
  end
  if event > 0 then
    new_events[#new_events + 1] = charges == 1 and 'event' or 'again'
    new_events[#new_events + 1] = ARGV[event]
  end
  if charges == 0 then return 0 end

  local more_tokens, more_cost = call[8] - was_held * call[3], call[9] - was_held * call[4]
  for _, number in ipairs(call[11]) do
    local key = batch.payers[number].key
    local now = counters(key)
    now[RUNNING] = math.max(0, now[RUNNING] - was_held)
    correct_window(now, call[5], more_tokens)
    turn_over(now, periods)
    charge(now, periods, more_tokens, more_cost)
    changed[key] = true
  end
  return 1
end
