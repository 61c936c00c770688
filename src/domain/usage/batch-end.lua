-- Runs the calls of one tick, in their order. One that fails does not keep the others from being done.
-- KEYS: every key of every call, once
-- ARGV: the calls as JSON: {verb, numbers of its keys, args}
-- Answers a reply for each; {'error', message} for one that failed.
local replies = {}
for at, call in ipairs(cjson.decode(ARGV[1])) do
  local keys = {}
  for i, number in ipairs(call[2]) do keys[i] = KEYS[number] end
  local is_done, reply = pcall(verbs[call[1]], keys, call[3])
  replies[at] = is_done and reply or { 'error', type(reply) == 'table' and reply.err or tostring(reply) }
end
for key in pairs(changed) do write_stored(key, known[key]) end
return replies
