-- ARGV: account, worker
if redis.call('HGET', holders, ARGV[1]) == ARGV[2] then forget_account(ARGV[1]) end
