-- batch-end
-- One call that fails does not keep the others from being done. Whoever asks is alive: what it holds lives on.
-- Answers {this minute, epoch, a reply for each call, then for each payer what its limits count now}; a failed call's reply is
-- {'error', message}.
redis.call('ZADD', LEASES, now_ms + batch.lease_ms, batch.owner)
local verbs = { [0] = reserve, settle }
local replies = {}
for at, call in ipairs(batch.calls) do
  local is_done, reply = pcall(verbs[call[1]], call)
  replies[at] = is_done and reply or { 'error', type(reply) == 'table' and reply.err or tostring(reply) }
end
if #new_holds > 0 then redis.call('HSET', HOLDS, unpack(new_holds)) end
if #new_events > 0 then redis.call('XADD', EVENTS, '*', unpack(new_events)) end
for key_number in pairs(changed) do write(KEYS[key_number], known[key_number]) end

local answer = { this_minute, epoch, replies }
for number, payer in ipairs(batch.payers) do
  local standing = {}
  local now = known[payer.key] -- none for counters that cannot be read
  for at, limited in ipairs(now and payer.limited or {}) do standing[at] = used_of(now, limited) end
  answer[3 + number] = standing
end
return answer
