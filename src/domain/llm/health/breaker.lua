-- One breaker, shared by all processes. The race it closes: of many calls that find the cool-down over, exactly one
-- becomes the probe. A probe whose process died is given up when its lease ends. What changes is told to all processes.
--
-- KEYS: the breaker, its transitions
-- ARGV: verb, id, pass, channel, consecutive failures that open it, failures in a hundred that open it, least calls for
--       that, window ms, cool-down ms, probe lease ms, successes, why
--   enter      answers the state, and the ms for which it stays closed to calls; `pass` names this call
--   report     `successes` calls have ended well
--   failed     so has one call ended ill, after `successes` that ended well
--   succeeded, released   how the probe that entered under `pass` ended; released says nothing about the upstream
local verb, id, pass, channel = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local successes, why = tonumber(ARGV[11]), ARGV[12]
local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local got = redis.call('HMGET', KEYS[1], 'open_until', 'probe', 'probe_until', 'failures', 'from', 'calls', 'failed')
local open_until, probe, probe_until = tonumber(got[1]), got[2], tonumber(got[3] or 0)
local is_probe = open_until and probe == pass

local function moved(from, to, ms)
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', 200, '*', 'from', from, 'to', to, 'why', why)
  redis.call('PUBLISH', channel, 'breaker|' .. id .. '|' .. string.format('%.0f', ms))
end

local function open(from)
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'open_until', now_ms + tonumber(ARGV[9]))
  moved(from, 'open', tonumber(ARGV[9]))
  return { 'open', tonumber(ARGV[9]) }
end

if verb == 'enter' then
  if not open_until then return { 'closed', 0 } end
  local shut_until = math.max(open_until, probe_until)
  if now_ms < shut_until then return { 'open', shut_until - now_ms } end
  redis.call('HSET', KEYS[1], 'probe', pass, 'probe_until', now_ms + tonumber(ARGV[10]))
  moved('open', 'half-open', tonumber(ARGV[10]))
  return { 'probe', 0 }
end

if open_until then
  -- What ends after the breaker opened, and is not its probe, is old news.
  if not is_probe then return { 'open', math.max(0, open_until - now_ms) } end
  if verb == 'failed' then return open('half-open') end
  if verb == 'succeeded' then
    redis.call('DEL', KEYS[1])
    moved('half-open', 'closed', 0)
    return { 'closed', 0 }
  end
  redis.call('HDEL', KEYS[1], 'probe', 'probe_until')
  redis.call('PUBLISH', channel, 'breaker|' .. id .. '|1')
  return { 'open', 1 }
end

local failures = successes > 0 and 0 or tonumber(got[4] or 0)
local from, calls, failed = tonumber(got[5] or 0), tonumber(got[6] or 0), tonumber(got[7] or 0)
if now_ms - from > tonumber(ARGV[8]) then from, calls, failed = now_ms, 0, 0 end
calls = calls + successes
if verb == 'failed' then
  failures, calls, failed = failures + 1, calls + 1, failed + 1
  if failures >= tonumber(ARGV[5]) then return open('closed') end
  if calls >= tonumber(ARGV[7]) and failed * 100 >= calls * tonumber(ARGV[6]) then return open('closed') end
end
redis.call('HSET', KEYS[1], 'failures', failures, 'from', from, 'calls', calls, 'failed', failed)
redis.call('EXPIRE', KEYS[1], 3600)
return { 'closed', 0 }
