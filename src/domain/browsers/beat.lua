-- ARGV: lease ms, worker, its slots, the accounts whose sessions it holds ...
-- An account that another live worker has been given meanwhile stays with that one.
local lease_ms, worker = tonumber(ARGV[1]), ARGV[2]
redis.call('HSET', slots, worker, ARGV[3])
for i = 4, #ARGV do
  local holder = redis.call('HGET', holders, ARGV[i])
  if not holder or holder == worker or not redis.call('ZSCORE', workers, holder) then
    redis.call('HSET', holders, ARGV[i], worker)
    lease(leases, ARGV[i], lease_ms)
  end
end
lease(workers, worker, lease_ms)
