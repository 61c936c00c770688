-- Lengthens the lease of a running call, and puts its hold back if Redis had lost it: the money is being spent.
-- KEYS: holds, leases, settled marker, then the counters of each scope
-- ARGV: request id, lease ms, hold, tokens, cost, minute, day, week, month
if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
redis.call('ZADD', KEYS[2], now_ms + ARGV[2], ARGV[1])
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[6] .. '|' .. ARGV[3]) == 0 then return 1 end

for scope = 4, #KEYS do
  local now = read(KEYS[scope])
  now[RUNNING] = now[RUNNING] + 1
  charge(now, ARGV, 7, tonumber(ARGV[4]), tonumber(ARGV[5]))
  write(KEYS[scope], now)
end
return 1
