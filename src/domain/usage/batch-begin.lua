-- Joined behind shared.lua: what follows runs several calls in one script, and reads and writes each scope's counters
-- once. A call that is refused has changed nothing, because it was given a copy.
local verbs = {}
local known, changed = {}, {}

local read_stored, write_stored = read, write

local function read(key)
  known[key] = known[key] or read_stored(key)
  return { unpack(known[key]) }
end

local function write(key, now)
  known[key], changed[key] = now, true
end
