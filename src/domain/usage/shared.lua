-- Joined in front of the other scripts of this folder.

-- Numbers leave Lua by this: tostring keeps only 14 digits.
local function whole(number) return string.format('%.0f', number) end

local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local minute = math.floor(now_ms / 60000)
local into_minute = (now_ms % 60000) / 60000

-- A hold as it stands in the hash of its user; see hold.ts.
local function split(value)
  local part = {}
  for text in string.gmatch(value .. '|', '([^|]*)|') do part[#part + 1] = text end
  return {
    expires = tonumber(part[1]), tokens = tonumber(part[2]), cost = tonumber(part[3]),
    key = part[4], day = part[5], week = part[6], month = part[7],
  }
end

-- This minute's and the last minute's sums of one scope, turned over when the clock did.
local function read_rate(key)
  local got = redis.call('HMGET', key, 'minute', 'requests', 'tokens', 'last_requests', 'last_tokens')
  local at = tonumber(got[1] or -1)
  local requests, tokens = tonumber(got[2] or 0), tonumber(got[3] or 0)
  if at == minute then
    return { requests = requests, tokens = tokens, last_requests = tonumber(got[4]), last_tokens = tonumber(got[5]) }
  end
  if at ~= minute - 1 then requests, tokens = 0, 0 end
  return { requests = 0, tokens = 0, last_requests = requests, last_tokens = tokens }
end

local function write_rate(key, rate)
  redis.call('HSET', key, 'minute', whole(minute), 'requests', whole(rate.requests), 'tokens', whole(rate.tokens),
    'last_requests', whole(rate.last_requests), 'last_tokens', whole(rate.last_tokens))
  redis.call('EXPIRE', key, 180)
end
