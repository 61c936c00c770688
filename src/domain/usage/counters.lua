-- What the counters of each key say, in the order of shared.lua, which is joined before.
local all = {}
for at, key in ipairs(KEYS) do all[at] = stored(key) end
return all
