-- batch-begin
-- Joined behind shared.lua: what follows runs the calls of one shard that came within one turn, in their order, and reads
-- and writes each scope's counters once.
--
-- KEYS: holds, leases, events, epoch, late, then every scope's counters and every settled marker that is spoken of
-- ARGV: the batch as JSON, then the texts that its calls name by number
local HOLDS, LEASES, EVENTS, EPOCH, LATE = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local batch = cjson.decode(ARGV[1])
local known, changed = {}, {}
local new_holds, new_events = {}, {}

-- Since when this server remembers: a hold of an earlier time may have been lost with the server's memory.
local epoch = redis.call('GET', EPOCH)
if not epoch then
  epoch = tostring(batch.new_epoch)
  redis.call('SET', EPOCH, epoch)
end

local function counters(key_number)
  local now = known[key_number]
  if not now then
    now = read(KEYS[key_number])
    known[key_number] = now
  end
  return now
end
