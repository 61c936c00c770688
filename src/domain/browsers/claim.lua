-- ARGV: lease ms, account, the calling worker, ms that a slot is kept for work that has not begun.
-- Answers the worker that shall hold the account's session, '' when every slot is at work, or nil when nobody is alive.
-- In one script, or two workers that ask at once would both open a session for one account.
local lease_ms, account, caller, keep_ms = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])
-- One that is drained or restarted takes no sessions, and what it holds is for others to open.
local function is_alive(worker)
  return worker and redis.call('ZSCORE', workers, worker) and redis.call('HEXISTS', orders, worker) == 0
end

local at_work = busy_by_worker()
local is_at_work = redis.call('ZSCORE', busy, account)
local function slots_of(worker) return tonumber(redis.call('HGET', slots, worker) or 0) end
local function has_room(worker) return is_alive(worker) and (at_work[worker] or 0) < slots_of(worker) end

local chosen = redis.call('HGET', holders, account)
if not (is_alive(chosen) and (is_at_work or has_room(chosen))) then
  local load = load_by_worker()
  chosen = nil
  if has_room(caller) and (load[caller] or 0) < slots_of(caller) then
    chosen = caller
  else
    local least
    for _, worker in ipairs(redis.call('ZRANGE', workers, 0, -1)) do
      local share = (load[worker] or 0) / math.max(slots_of(worker), 1)
      if has_room(worker) and (not least or share < least) then chosen, least = worker, share end
    end
  end
end
if not chosen then
  if redis.call('ZCARD', workers) == 0 then return nil end
  return ''
end
redis.call('HSET', holders, account, chosen)
lease(leases, account, lease_ms)
lease(busy, account, keep_ms)
return chosen
