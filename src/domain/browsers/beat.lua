-- ARGV: lease ms, worker, its slots, its report, how many accounts are at work there, these, the accounts whose sessions it
-- holds ... Answers the order it is under, or nil. An account that another live worker has been given meanwhile stays with
-- that one.
local lease_ms, worker = tonumber(ARGV[1]), ARGV[2]
redis.call('HSET', slots, worker, ARGV[3])
redis.call('HSET', reports, worker, ARGV[4])
local last_at_work = 5 + tonumber(ARGV[5])
for i = 6, #ARGV do
  local holder = redis.call('HGET', holders, ARGV[i])
  if not holder or holder == worker or not redis.call('ZSCORE', workers, holder) then
    redis.call('HSET', holders, ARGV[i], worker)
    lease(leases, ARGV[i], lease_ms)
    if i <= last_at_work then lease(busy, ARGV[i], lease_ms) end
  end
end
lease(workers, worker, lease_ms)
return redis.call('HGET', orders, worker)
