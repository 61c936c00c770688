-- reserve
-- Holds the worst case of one call on all its scopes, or on none. The race it closes: two calls that each fit alone
-- cannot both pass, because looking and holding are one step. A hold and the sums that it is part of change only together.
--
-- What each limit counts, in the order of limits.ts.
local COUNTED = { RUNNING, REQUESTS, TOKENS, DAY + 1, WEEK + 1, MONTH + 1, DAY + 2, WEEK + 2, MONTH + 2 }

-- What a limit counts now: a minute's requests and tokens with what is left of the last minute's.
local function used_of(now, number)
  local used = now[COUNTED[number]]
  if number == 2 then return used + math.ceil(now[LAST_REQUESTS] * (1 - into_minute)) end
  if number == 3 then return used + math.ceil(now[LAST_TOKENS] * (1 - into_minute)) end
  return used
end

-- Milliseconds until `last`, weighted by what is left of its minute, and `current` leave `room`.
local function wait_for(room, current, last)
  if room < 0 then return 60000 end
  if current <= room then return math.max(1, (1 - (room - current) / last - into_minute) * 60000) end
  return math.max(1, (2 - room / current - into_minute) * 60000)
end

local function wait_ms(now, number, room)
  if number == 1 then return 1000 end
  if number == 2 then return math.ceil(wait_for(room, now[REQUESTS], now[LAST_REQUESTS])) end
  if number == 3 then return math.ceil(wait_for(room, now[TOKENS], now[LAST_TOKENS])) end
  return -1
end

-- call: 0, request id, number of the hold's text, tokens, cost, number of its periods, numbers of its payers, number of its
--       settled marker and the lease in ms when the id may have been used before, else 0
-- Answers 1 | 'settled' | {'stood', the hold that stood already}
--       | {scope number, limit number, limit, counted without it, wait ms (-1 = the period's end)}
local function reserve(call)
  local id, tokens, cost, periods, payers, marker = call[2], call[4], call[5], batch.periods[call[6]], call[7], call[8]

  if marker > 0 then
    if redis.call('EXISTS', KEYS[marker]) == 1 then return 'settled' end
    redis.call('ZADD', LEASES, now_ms + call[9], id)
    local before = redis.call('HGET', HOLDS, id)
    if before then return { 'stood', before } end
  end

  for scope, number in ipairs(payers) do
    local payer = batch.payers[number]
    local now = counters(payer.key)
    turn_over(now, periods)
    for at, limited in ipairs(payer.limited) do
      local used, limit = used_of(now, limited), payer.limits[at]
      local takes = limited <= 2 and 1 or limited <= 6 and tokens or cost
      if used + takes > limit then
        if marker > 0 then redis.call('ZREM', LEASES, id) end
        return { scope, limited, limit, used, wait_ms(now, limited, limit - takes) }
      end
    end
  end

  if marker > 0 then
    redis.call('HSET', HOLDS, id, id .. '|' .. this_minute .. '|' .. epoch .. '|' .. ARGV[call[3]])
  else
    new_holds[#new_holds + 1] = id
    new_holds[#new_holds + 1] = batch.owner .. '|' .. this_minute .. '|' .. epoch .. '|' .. ARGV[call[3]]
  end
  for _, number in ipairs(payers) do
    local key = batch.payers[number].key
    local now = known[key]
    now[RUNNING], now[REQUESTS], now[TOKENS] = now[RUNNING] + 1, now[REQUESTS] + 1, now[TOKENS] + tokens
    charge(now, periods, tokens, cost)
    changed[key] = true
  end
  return 1
end
