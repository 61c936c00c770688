-- Shared by every script of the registry: what stands there, and what has run out by now.
-- KEYS: workers (zset: worker -> lease end), slots (hash: worker -> slots),
--       holders (hash: account -> worker), leases (zset: account -> lease end),
--       reports (hash: worker -> what it says of itself), orders (hash: worker -> what an operator wants of it),
--       busy (zset: account whose session is at work -> lease end)
local workers, slots, holders, leases, reports, orders, busy = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function forget_account(account)
  redis.call('HDEL', holders, account)
  redis.call('ZREM', leases, account)
  redis.call('ZREM', busy, account)
end

local function forget_worker(worker)
  redis.call('ZREM', workers, worker)
  redis.call('HDEL', slots, worker)
  redis.call('HDEL', reports, worker)
  redis.call('HDEL', orders, worker)
end

for _, worker in ipairs(redis.call('ZRANGEBYSCORE', workers, '-inf', now)) do forget_worker(worker) end
for _, account in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do forget_account(account) end
redis.call('ZREMRANGEBYSCORE', busy, '-inf', now)

local function lease(set, member, lease_ms)
  redis.call('ZADD', set, now + lease_ms, member)
  -- When everybody is gone, the keys go too.
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, lease_ms * 2) end
end

local function busy_by_worker()
  local at_work = {}
  for _, account in ipairs(redis.call('ZRANGE', busy, 0, -1)) do
    local worker = redis.call('HGET', holders, account)
    if worker then at_work[worker] = (at_work[worker] or 0) + 1 end
  end
  return at_work
end

local function load_by_worker()
  local load = {}
  for _, worker in ipairs(redis.call('HVALS', holders)) do load[worker] = (load[worker] or 0) + 1 end
  return load
end
