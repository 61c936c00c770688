-- Puts the counters of a scope right, unless a call has changed them since they were read: every call that begins counts
-- up its minute, and every one that ends frees what ran, so counters that look the same have not moved.
--
-- KEYS: the counters
-- ARGV: the fifteen fields that were read, then `running`, then key, tokens and cost of the day, the week and the month
-- Answers 1, or 0 when they had moved.
local now = stored(KEYS[1])
for at = 1, 15 do
  if tostring(now[at]) ~= ARGV[at] and now[at] ~= tonumber(ARGV[at]) then return 0 end
end
now[RUNNING] = tonumber(ARGV[16])
for period = DAY, MONTH, 3 do
  local at = 17 + period - DAY
  now[period], now[period + 1], now[period + 2] = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
end
write(KEYS[1], now)
return 1
