-- Holds the worst case of one call on all its scopes, or on none. The race it closes: two calls that each fit alone
-- cannot both pass, because looking and holding are one step. Nothing is counted up that must be counted down: what is
-- running is the sum of the live holds, and a hold whose process died stops counting by itself.
--
-- KEYS: holds, settled marker, then per scope: rate, spent in the day, week, month
-- ARGV: request id, lease ms, hold (see hold.ts), then per scope: its key id ('' for the user), nine limits ('' = none)
-- Answers {'held', hold} | {'settled'} | {'refused', scope number, limit number, limit, current, wait ms (-1 = period's end)}
local id, lease_ms, encoded = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local call = split('0|' .. encoded)

if redis.call('EXISTS', KEYS[2]) == 1 then return { 'settled' } end

local function keep(value)
  redis.call('HSET', KEYS[1], id, whole(now_ms + lease_ms) .. '|' .. value)
  redis.call('PEXPIRE', KEYS[1], lease_ms * 2)
  return { 'held', value }
end

local live = {}
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local hold = split(fields[i + 1])
  if hold.expires <= now_ms then
    redis.call('HDEL', KEYS[1], fields[i])
  elseif fields[i] == id then
    return keep(string.match(fields[i + 1], '^[^|]*|(.*)$'))
  else
    live[#live + 1] = hold
  end
end

-- Milliseconds until `last`, weighted by what is left of its minute, and `current` leave `room`.
local function wait_for(room, current, last)
  if room < 0 then return 60000 end
  if current <= room then return (1 - (room - current) / last - into_minute) * 60000 end
  return (2 - room / current - into_minute) * 60000
end

for scope = 1, (#KEYS - 2) / 4 do
  local first_key, first_arg = scope * 4 - 1, scope * 10 - 6
  local key_id = ARGV[first_arg]
  local held = { count = 0, tokens = 0, day_tokens = 0, week_tokens = 0, month_tokens = 0,
    day_cost = 0, week_cost = 0, month_cost = 0 }
  for _, hold in ipairs(live) do
    if key_id == '' or hold.key == key_id then
      held.count = held.count + 1
      held.tokens = held.tokens + hold.tokens
      for _, period in ipairs({ 'day', 'week', 'month' }) do
        if hold[period] == call[period] then
          held[period .. '_tokens'] = held[period .. '_tokens'] + hold.tokens
          held[period .. '_cost'] = held[period .. '_cost'] + hold.cost
        end
      end
    end
  end

  local rate = read_rate(KEYS[first_key])
  local day = redis.call('HMGET', KEYS[first_key + 1], 'tokens', 'cost')
  local week = redis.call('HMGET', KEYS[first_key + 2], 'tokens', 'cost')
  local month = redis.call('HMGET', KEYS[first_key + 3], 'tokens', 'cost')
  local used = {
    { held.count, 1, function() return 1000 end },
    { rate.requests + math.ceil(rate.last_requests * (1 - into_minute)), 1,
      function(limit) return wait_for(limit - 1, rate.requests, rate.last_requests) end },
    { held.tokens + rate.tokens + math.ceil(rate.last_tokens * (1 - into_minute)), call.tokens,
      function(limit) return wait_for(limit - call.tokens - held.tokens, rate.tokens, rate.last_tokens) end },
    { tonumber(day[1] or 0) + held.day_tokens, call.tokens },
    { tonumber(week[1] or 0) + held.week_tokens, call.tokens },
    { tonumber(month[1] or 0) + held.month_tokens, call.tokens },
    { tonumber(day[2] or 0) + held.day_cost, call.cost },
    { tonumber(week[2] or 0) + held.week_cost, call.cost },
    { tonumber(month[2] or 0) + held.month_cost, call.cost },
  }
  for number, use in ipairs(used) do
    local limit = tonumber(ARGV[first_arg + number])
    if limit and use[1] + use[2] > limit then
      local wait_ms = use[3] and math.max(1, math.ceil(use[3](limit))) or -1
      return { 'refused', whole(scope), whole(number), whole(limit), whole(use[1]), whole(wait_ms) }
    end
  end
end

for scope = 1, (#KEYS - 2) / 4 do
  local key = KEYS[scope * 4 - 1]
  local rate = read_rate(key)
  rate.requests = rate.requests + 1
  write_rate(key, rate)
end
return keep(encoded)
