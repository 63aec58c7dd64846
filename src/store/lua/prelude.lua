-- Before every script. Times are milliseconds of Redis' own clock.

local function now_ms()
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

-- Lua prints large numbers with an exponent; Redis and we want digits.
local function digits(n)
  return string.format('%.0f', n)
end

local function run_of(kept)
  return kept and 'service' or string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
end

-- Every claim of before is stale from now on, and nothing is claimed, searched or sent for one settle.
local function begin_epoch(key, fresh, run_id, settle_ms)
  local quiet_until = now_ms() + tonumber(settle_ms)
  redis.call('HSET', key, 'id', fresh, 'runId', run_id, 'quietUntil', digits(quiet_until))
  return quiet_until
end

-- The epoch this store lives in: made anew, with a quiet time of one settle, where it is missing (emptied
-- or replaced) and where this Redis process is not the one that made it (a restart or failover may have
-- lost the last writes). Checked inside the script, so that no write can slip in before someone notices.
-- Where the service keeps what it acknowledged (DURABILITY 'service'), another process has all of it: only
-- a missing epoch counts, and INFO, which such a host may deny, is not asked.
local function current_epoch(key, fresh, settle_ms)
  local kept = DURABILITY == 'service'
  local run_id = run_of(kept)
  local known = redis.call('HMGET', key, 'id', 'runId', 'quietUntil')
  if known[1] and (kept or known[2] == run_id) then
    return known[1], tonumber(known[3])
  end
  return fresh, begin_epoch(key, fresh, run_id, settle_ms)
end

-- The account that a shop's settings name, and the company where they name that, too; settings that are none name none.
local function account_name(settings)
  local ok, shop = pcall(cjson.decode, settings or '')
  if not ok or type(shop) ~= 'table' then
    return nil, ''
  end
  return shop.accountName, type(shop.clientId) == 'number' and digits(shop.clientId) or ''
end

local LIST_OF = { accepted = 1, preparing = 1, sending = 1, ordered = 1, unresolved = 2, rejected = 3 }

-- The lists people work through: under way, unresolved, rejected; by the time of coming in. An attempt changes
-- the state of an invoice under way, not its age. What is transferred is in none. Of rejected ones only the
-- newest are kept.
local function list_record(keys, first, state, member, now)
  for i = 1, 3 do
    if LIST_OF[state] == i then
      redis.call('ZADD', keys[first + i - 1], 'NX', digits(now), member)
    else
      redis.call('ZREM', keys[first + i - 1], member)
    end
  end
  redis.call('ZREMRANGEBYRANK', keys[first + 2], 0, -20001)
end

-- 2021-01-31 as 20210131: invoices of a shop lie by it, and a month is a range.
local function issued_score(date)
  return (string.gsub(date, '-', ''))
end

-- Fields of the invoice's issue, from ARGV[first] on, into its record; its shop's list by issue date follows.
local function list_issued(record, issued, args, first, member)
  for i = first, #args, 2 do
    redis.call('HSET', record, args[i], args[i + 1])
    if args[i] == 'issuedOn' then
      redis.call('ZADD', issued, issued_score(args[i + 1]), member)
    end
  end
end

-- Redis sets 4 KB aside for each stream, for what may still come. A trail that has ended is put back in its own
-- length: the same stream, a fifth of the memory. Where a user may not DUMP or RESTORE it stays as it is.
local function shrink(trail)
  local dumped = redis.pcall('DUMP', trail)
  if type(dumped) == 'string' then
    redis.pcall('RESTORE', trail, '0', dumped, 'REPLACE')
  end
end
