-- Before every script. Times are milliseconds of Redis' own clock.

local function now_ms()
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

-- Lua prints large numbers with an exponent; Redis and we want digits.
local function digits(n)
  return string.format('%.0f', n)
end

-- The epoch this store lives in: made anew, with a quiet time of one settle, where it is missing (emptied
-- or replaced) and where this Redis process is not the one that made it (a restart or failover may have
-- lost the last writes). Checked inside the script, so that no write can slip in before someone notices.
local function current_epoch(key, fresh, settle_ms)
  local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
  local known = redis.call('HMGET', key, 'id', 'runId', 'quietUntil')
  if known[1] and known[2] == run_id then
    return known[1], tonumber(known[3])
  end
  local quiet_until = now_ms() + tonumber(settle_ms)
  redis.call('HSET', key, 'id', fresh, 'runId', run_id, 'quietUntil', digits(quiet_until))
  return fresh, quiet_until
end
