-- Lengthens the lease of a running call, and puts its hold back if the lease had run out: the money is being spent.
-- KEYS: holds, settled marker   ARGV: request id, lease ms, hold (see hold.ts)
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
local lease_ms = tonumber(ARGV[2])
redis.call('HSET', KEYS[1], ARGV[1], whole(now_ms + lease_ms) .. '|' .. ARGV[3])
redis.call('PEXPIRE', KEYS[1], lease_ms * 2)
return 1
