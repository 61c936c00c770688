-- Lengthens the lease of a process, by which all its holds of this shard live.
-- KEYS: leases, epoch
-- ARGV: owner, lease ms
-- Answers since when this server remembers: a hold of another epoch may be lost.
redis.call('ZADD', KEYS[1], now_ms + ARGV[2], ARGV[1])
return redis.call('GET', KEYS[2])
