-- Holds the worst case of one call on all its scopes, or on none. The race it closes: two calls that each fit alone
-- cannot both pass, because looking and holding are one step. A hold and the sums that it is part of change only together.
--
-- keys: holds, leases, settled marker, then the counters of each scope
-- args: request id, lease ms, hold, tokens, cost, day, week, month, 1 when the id may have been used before, then per scope
--       nine limits ('' = none)
-- Answers {'held', minute, hold that stood already, then per scope and limit that there is what it counts now}
--       | {'settled'} | {'refused', scope number, limit number, limit, counted without it, wait ms (-1 = the period's end)}
function verbs.reserve(keys, args)
  local id, tokens, cost = args[1], args[4], args[5]
  local lease_ends = now_ms + args[2]

  if args[9] == 1 then
    if redis.call('EXISTS', keys[3]) == 1 then return { 'settled' } end
    local before = redis.call('HGET', keys[1], id)
    if before then
      redis.call('ZADD', keys[2], lease_ends, id)
      return { 'held', 0, before }
    end
  end

  -- Milliseconds until `last`, weighted by what is left of its minute, and `current` leave `room`.
  local function wait_for(room, current, last)
    if room < 0 then return 60000 end
    if current <= room then return math.max(1, (1 - (room - current) / last - into_minute) * 60000) end
    return math.max(1, (2 - room / current - into_minute) * 60000)
  end

  local function refused(scope, number, limit, now, used)
    local wait_ms = -1
    if number == 1 then wait_ms = 1000 end
    if number == 2 then wait_ms = wait_for(limit, now[REQUESTS], now[LAST_REQUESTS]) end
    if number == 3 then wait_ms = wait_for(limit, now[TOKENS], now[LAST_TOKENS]) end
    return { 'refused', scope, number, limit, used, math.ceil(wait_ms) }
  end

  local takes = { 1, 1, tokens, tokens, tokens, tokens, cost, cost, cost }
  local all, answer = {}, { 'held', this_minute, '' }
  for scope = 1, #keys - 3 do
    local now = read(keys[3 + scope])
    now[RUNNING], now[REQUESTS], now[TOKENS] = now[RUNNING] + 1, now[REQUESTS] + 1, now[TOKENS] + tokens
    charge(now, args, 6, tokens, cost)
    local left = 1 - into_minute
    local used = {
      now[RUNNING], now[REQUESTS] + math.ceil(now[LAST_REQUESTS] * left), now[TOKENS] + math.ceil(now[LAST_TOKENS] * left),
      now[DAY + 1], now[WEEK + 1], now[MONTH + 1], now[DAY + 2], now[WEEK + 2], now[MONTH + 2],
    }
    for number = 1, 9 do
      local limit = tonumber(args[scope * 9 + number])
      if limit and used[number] > limit then return refused(scope, number, limit, now, used[number] - takes[number]) end
      if limit then answer[#answer + 1] = used[number] end
    end
    all[scope] = now
  end

  redis.call('HSET', keys[1], id, this_minute .. '|' .. args[3])
  redis.call('ZADD', keys[2], lease_ends, id)
  for scope, now in ipairs(all) do write(keys[3 + scope], now) end
  return answer
end
