-- ARGV: worker
forget_worker(ARGV[1])
local held = redis.call('HGETALL', holders)
for i = 1, #held, 2 do
  if held[i + 1] == ARGV[1] then forget_account(held[i]) end
end
