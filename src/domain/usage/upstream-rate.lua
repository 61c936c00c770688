-- upstream-rate
-- Counts calls against the minute of a provider and of its deployments, in their order. The windows slide: the last minute
-- weighs as much as is left of it. Only the fields of a minute are used.
--
-- KEYS: counters of the provider, and of deployments
-- ARGV: the calls as JSON. Numbers of two keys come first in each, then
--       take:    tokens at worst, then for each key requests and tokens a minute (-1 = no limit)
--       correct: tokens more or less than were taken, minute of the call, requests to give back
-- Answers for each call the minute in which it is counted, or -ms to wait.
local known = {}
for at, key in ipairs(KEYS) do known[at] = read(key) end

local function fits(now, tokens, most_requests, most_tokens)
  local left = 1 - into_minute
  local requests = now[REQUESTS] + 1 + math.ceil(now[LAST_REQUESTS] * left)
  local all_tokens = now[TOKENS] + tokens + math.ceil(now[LAST_TOKENS] * left)
  return (most_requests < 0 or requests <= most_requests) and (most_tokens < 0 or all_tokens <= most_tokens)
end

local function take(provider, deployment, call)
  local tokens = call[4]
  if not (fits(provider, tokens, call[5], call[6]) and fits(deployment, tokens, call[7], call[8])) then
    return -math.max(1, math.ceil((1 - into_minute) * 60000))
  end
  provider[REQUESTS], provider[TOKENS] = provider[REQUESTS] + 1, provider[TOKENS] + tokens
  deployment[REQUESTS], deployment[TOKENS] = deployment[REQUESTS] + 1, deployment[TOKENS] + tokens
  return this_minute
end

local function correct(now, more, minute, requests)
  correct_window(now, minute, more)
  if minute == this_minute then now[REQUESTS] = math.max(0, now[REQUESTS] - requests) end
  if minute == this_minute - 1 then now[LAST_REQUESTS] = math.max(0, now[LAST_REQUESTS] - requests) end
end

local replies = {}
for at, call in ipairs(cjson.decode(ARGV[1])) do
  local provider, deployment = known[call[2]], known[call[3]]
  if call[1] == 0 then
    replies[at] = take(provider, deployment, call)
  else
    correct(provider, call[4], call[5], call[6])
    correct(deployment, call[4], call[5], call[6])
    replies[at] = this_minute
  end
end
for at, key in ipairs(KEYS) do write(key, known[at]) end
return replies
