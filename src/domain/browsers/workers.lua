-- Answers each live worker with its slots and the sessions it holds.
local load, answer = load_by_worker(), {}
for _, worker in ipairs(redis.call('ZRANGE', workers, 0, -1)) do
  answer[#answer + 1] = { worker, tonumber(redis.call('HGET', slots, worker) or 0), load[worker] or 0 }
end
return answer
