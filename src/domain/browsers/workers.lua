-- Answers each live worker with its slots, the sessions it holds, its last beat, its report and the order it is under.
-- ARGV: lease ms
local load, answer = load_by_worker(), {}
for _, worker in ipairs(redis.call('ZRANGE', workers, 0, -1)) do
  local beaten = tonumber(redis.call('ZSCORE', workers, worker)) - tonumber(ARGV[1])
  answer[#answer + 1] = {
    worker, tonumber(redis.call('HGET', slots, worker) or 0), load[worker] or 0, beaten,
    redis.call('HGET', reports, worker) or '{}', redis.call('HGET', orders, worker) or '',
  }
end
return answer
