-- ARGV: lease ms, account, the calling worker. Answers the worker that shall hold the account's session, or nil.
-- In one script, or two workers that ask at once would both open a session for one account.
local lease_ms, account, caller = tonumber(ARGV[1]), ARGV[2], ARGV[3]
-- One that is drained or restarted takes no sessions, and what it holds is for others to open.
local function is_alive(worker)
  return worker and redis.call('ZSCORE', workers, worker) and redis.call('HEXISTS', orders, worker) == 0
end

local chosen = redis.call('HGET', holders, account)
if not is_alive(chosen) then
  forget_account(account)
  local load = load_by_worker()
  local function slots_of(worker) return tonumber(redis.call('HGET', slots, worker) or 0) end
  chosen = nil
  if is_alive(caller) and (load[caller] or 0) < slots_of(caller) then
    chosen = caller
  else
    local least
    for _, worker in ipairs(redis.call('ZRANGE', workers, 0, -1)) do
      local share = (load[worker] or 0) / math.max(slots_of(worker), 1)
      if is_alive(worker) and (not least or share < least) then chosen, least = worker, share end
    end
  end
end
if not chosen then return nil end
redis.call('HSET', holders, account, chosen)
lease(leases, account, lease_ms)
return chosen
