-- Every write under a claim: refused where the fence or the epoch has moved on.
-- KEYS epoch record trail events agenda open unresolved rejected orders followNew issued
-- ARGV freshEpoch settleMs fence epoch lease('keep'|'free'|ms) trail('' = none)
--      endState('' = none) eventType eventShopId eventInvoiceId eventRequestId eventAt eventBody
--      member checkOpenMs firstLookMs('' = none) orderField('' = none)
--      setCount field value ... field-to-delete ...
local epoch = current_epoch(KEYS[1], ARGV[1], ARGV[2])
local record = redis.call('HMGET', KEYS[2], 'fence', 'epoch', 'state', 'leaseUntil')
if epoch ~= ARGV[4] or record[1] ~= ARGV[3] or record[2] ~= ARGV[4] then
  return 'stale'
end
-- Given back while this write was under way: it would take the lease again, and nobody would free it.
if not record[4] and ARGV[5] ~= 'free' then
  return 'stale'
end
local now = now_ms()

local set_count = tonumber(ARGV[18])
local sets = { 'updatedAt', digits(now) }
for i = 1, set_count * 2 do
  sets[#sets + 1] = ARGV[18 + i]
  -- Under way (again): the sweep asks whether its job still lives.
  if i % 2 == 1 and ARGV[18 + i] == 'state' and ARGV[19 + i] ~= record[3] then
    redis.call('ZADD', KEYS[5], digits(now + tonumber(ARGV[15])), ARGV[14])
    list_record(KEYS, 6, ARGV[19 + i], ARGV[14], now)
  end
  if i % 2 == 1 and ARGV[18 + i] == 'issuedOn' then
    redis.call('ZADD', KEYS[11], issued_score(ARGV[19 + i]), ARGV[14])
  end
end
local deletes = {}
for i = 19 + set_count * 2, #ARGV do
  deletes[#deletes + 1] = ARGV[i]
end

if ARGV[5] == 'free' then
  deletes[#deletes + 1] = 'leaseUntil'
elseif ARGV[5] ~= 'keep' then
  sets[#sets + 1] = 'leaseUntil'
  sets[#sets + 1] = digits(now + tonumber(ARGV[5]))
end
if ARGV[7] ~= '' then
  sets[#sets + 1] = 'state'
  sets[#sets + 1] = ARGV[7]
end
redis.call('HSET', KEYS[2], unpack(sets))
if #deletes > 0 then
  redis.call('HDEL', KEYS[2], unpack(deletes))
end
if ARGV[6] ~= '' then
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', '1000', '*', 'entry', ARGV[6])
end
if ARGV[17] ~= '' then
  redis.call('HSET', KEYS[9], ARGV[17], ARGV[14])
end
-- One event for each change into an end state, with it or not at all.
if ARGV[7] ~= '' and ARGV[7] ~= record[3] then
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', '100000', '*', 'type', ARGV[8], 'shopId', ARGV[9],
    'invoiceId', ARGV[10], 'requestId', ARGV[11], 'at', ARGV[12], 'body', ARGV[13])
  redis.call('HDEL', KEYS[2], 'looks')
  shrink(KEYS[3])
  if ARGV[7] == 'transferred' then
    redis.call('SADD', KEYS[10], ARGV[14])
  end
  list_record(KEYS, 6, ARGV[7], ARGV[14], now)
  if ARGV[16] == '' then
    redis.call('ZREM', KEYS[5], ARGV[14])
  else
    redis.call('ZADD', KEYS[5], digits(now + tonumber(ARGV[16])), ARGV[14])
  end
end
return 'ok'
