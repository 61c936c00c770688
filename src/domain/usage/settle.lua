-- Ends a hold, charges what was used and appends the usage event: all of it, and once by request id, for the marker is
-- set in the same step. Works without the hold, whose lease may have run out: usage is never lost.
--
-- KEYS: holds, settled marker, event stream, then per scope: rate, spent in the day, week, month
-- ARGV: request id, tokens, cost, event as JSON, seconds to keep: marker, day, week, month
-- Answers 1 when this call settled it, 0 when it had been settled before.
redis.call('HDEL', KEYS[1], ARGV[1])
if not redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[5]) then return 0 end

for first_key = 4, #KEYS, 4 do
  local rate = read_rate(KEYS[first_key])
  rate.tokens = rate.tokens + tonumber(ARGV[2])
  write_rate(KEYS[first_key], rate)
  for period = 1, 3 do
    redis.call('HINCRBY', KEYS[first_key + period], 'tokens', ARGV[2])
    redis.call('HINCRBY', KEYS[first_key + period], 'cost', ARGV[3])
    redis.call('EXPIRE', KEYS[first_key + period], ARGV[5 + period])
  end
end
redis.call('XADD', KEYS[3], '*', 'event', ARGV[4])
return 1
