-- ARGV: account, worker. The account's work has ended: its session stays, its slot is anybody's.
if redis.call('HGET', holders, ARGV[1]) == ARGV[2] then redis.call('ZREM', busy, ARGV[1]) end
