-- Joined in front of the other scripts of this folder.

local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local this_minute = math.floor(now_ms / 60000)
local into_minute = now_ms % 60000 / 60000

-- The counters of one scope, packed as one array: a hash with so many fields takes three times as long. RUNNING is how
-- many holds live. A minute's requests and tokens are those of the calls that began in it. A period has its key, then
-- tokens and cost: what was settled in it and what is held, at worst.
local RUNNING, MINUTE, REQUESTS, TOKENS, LAST_REQUESTS, LAST_TOKENS, DAY, WEEK, MONTH = 1, 2, 3, 4, 5, 6, 7, 10, 13
local KEEP_SECONDS = 35 * 86400

local function stored(key)
  local packed = redis.call('GET', key)
  return packed and cmsgpack.unpack(packed) or { 0, 0, 0, 0, 0, 0, '', 0, 0, '', 0, 0, '', 0, 0 }
end

local function read(key)
  local now = stored(key)
  if now[MINUTE] ~= this_minute then
    local follows = now[MINUTE] == this_minute - 1
    now[LAST_REQUESTS] = follows and now[REQUESTS] or 0
    now[LAST_TOKENS] = follows and now[TOKENS] or 0
    now[MINUTE], now[REQUESTS], now[TOKENS] = this_minute, 0, 0
  end
  return now
end

local function write(key, now)
  redis.call('SET', key, cmsgpack.pack(now), 'EX', KEEP_SECONDS)
end

-- A call's tokens stand in the window of the minute in which it began.
local function correct_window(now, minute, more)
  if minute == this_minute then now[TOKENS] = math.max(0, now[TOKENS] + more) end
  if minute == this_minute - 1 then now[LAST_TOKENS] = math.max(0, now[LAST_TOKENS] + more) end
end

-- Begins the periods of a call, where they follow the ones that ran; keys sort by time.
local function turn_over(now, keys)
  for at = 1, 3 do
    local period = DAY + (at - 1) * 3
    if now[period] < keys[at] then now[period], now[period + 1], now[period + 2] = keys[at], 0, 0 end
  end
end

-- Charges the periods of a call. One that came late, from a process whose clock is behind, is not counted.
local function charge(now, keys, tokens, cost)
  for at = 1, 3 do
    local period = DAY + (at - 1) * 3
    if now[period] == keys[at] then
      now[period + 1], now[period + 2] = now[period + 1] + tokens, now[period + 2] + cost
    end
  end
end
