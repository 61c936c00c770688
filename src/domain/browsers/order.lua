-- ARGV: worker, the order or '' for none, the order that must stand there or '' for any. Answers whether the worker lives.
local worker, order, expected = ARGV[1], ARGV[2], ARGV[3]
if not redis.call('ZSCORE', workers, worker) then return 0 end
if expected ~= '' and redis.call('HGET', orders, worker) ~= expected then return 1 end
if order == '' then redis.call('HDEL', orders, worker) else redis.call('HSET', orders, worker, order) end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, math.max(redis.call('PTTL', workers), 1)) end
return 1
