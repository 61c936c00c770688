-- Lengthens the lease of a running call's owner, and puts the hold back if Redis had lost it with its memory: the money is
-- being spent.
-- KEYS: holds, leases, epoch, requests settled without their holds, then the counters of each scope
-- ARGV: request id, owner, lease ms, hold, tokens, cost, minute, day, week, month, epoch of the reservation
-- Answers whether the hold is there.
local text = ARGV[2] .. '|' .. ARGV[7] .. '|' .. ARGV[11] .. '|' .. ARGV[4]
local is_held = redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1
if not is_held then
  if redis.call('GET', KEYS[3]) == ARGV[11] or redis.call('SISMEMBER', KEYS[4], ARGV[1]) == 1 then return 0 end
end
redis.call('ZADD', KEYS[2], now_ms + ARGV[3], ARGV[2])
redis.call('HSET', KEYS[1], ARGV[1], text)
if is_held then return 1 end

local periods = { ARGV[8], ARGV[9], ARGV[10] }
for scope = 5, #KEYS do
  local now = read(KEYS[scope])
  now[RUNNING] = now[RUNNING] + 1
  turn_over(now, periods)
  charge(now, periods, tonumber(ARGV[5]), tonumber(ARGV[6]))
  write(KEYS[scope], now)
end
return 1
