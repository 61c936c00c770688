-- One breaker, shared by all processes. The race it closes: of many calls that find the cool-down over, exactly one
-- becomes the probe. A probe whose process died is given up when its lease ends.
--
-- KEYS: the breaker, its transitions
-- ARGV: verb, pass, failures that open it, cool-down ms, probe lease ms
--   enter      answers 'closed', 'probe' or 'refused'; `pass` names this call
--   succeeded, failed, released (said nothing about the upstream): how the call that entered under `pass` ended
local verb, pass = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local got = redis.call('HMGET', KEYS[1], 'open_until', 'probe', 'probe_until', 'failures')
local open_until, probe, probe_until = tonumber(got[1]), got[2], tonumber(got[3] or 0)
local is_probe = open_until and probe == pass

local function moved(from, to)
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', 200, '*', 'from', from, 'to', to)
end

local function open(from)
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'open_until', string.format('%.0f', now_ms + tonumber(ARGV[4])))
  moved(from, 'open')
end

if verb == 'enter' then
  if not open_until then return 'closed' end
  if now_ms < open_until or now_ms < probe_until then return 'refused' end
  redis.call('HSET', KEYS[1], 'probe', pass, 'probe_until', string.format('%.0f', now_ms + tonumber(ARGV[5])))
  moved('open', 'half-open')
  return 'probe'
end

-- What ends after the breaker opened, and is not its probe, is old news.
if open_until and not is_probe then return 'late' end

if verb == 'succeeded' then
  if is_probe then moved('half-open', 'closed') end
  redis.call('DEL', KEYS[1])
elseif verb == 'failed' then
  if is_probe then
    open('half-open')
  elseif redis.call('HINCRBY', KEYS[1], 'failures', 1) >= tonumber(ARGV[3]) then
    open('closed')
  else
    redis.call('EXPIRE', KEYS[1], 3600)
  end
elseif is_probe then
  redis.call('HDEL', KEYS[1], 'probe', 'probe_until')
end
return 'noted'
