-- Take the lease and a fresh fence on one transfer record.
-- KEYS epoch record agenda open unresolved rejected issued
-- ARGV freshEpoch settleMs leaseMs fence revision payload jobId member checkOpenMs requestedAt contentHash
--      (both '' where the claim is not a click's) field value ... (of the invoice's issue)
local epoch, quiet_until = current_epoch(KEYS[1], ARGV[1], ARGV[2])
local now = now_ms()
local record = redis.call('HMGET', KEYS[2], 'state', 'leaseUntil', 'epoch', 'revision', 'fence', 'newestAt')
local revision = tonumber(ARGV[5])

local function note_newest()
  if ARGV[10] ~= '' then
    redis.call('HSET', KEYS[2], 'newestAt', ARGV[10], 'newestHash', ARGV[11])
  end
end

-- Known to all from now on: the intent of a lower revision, or of an earlier content of the same one, is
-- refused even while its worker holds the lease.
if record[1] and revision > tonumber(record[4]) then
  redis.call('HSET', KEYS[2], 'revision', ARGV[5])
  redis.call('HDEL', KEYS[2], 'newestAt', 'newestHash')
  note_newest()
elseif record[1] and revision == tonumber(record[4]) then
  if not record[6] or (tonumber(ARGV[10]) or 0) > tonumber(record[6]) then
    note_newest()
  end
end
if now < quiet_until then
  return { 'quiet', digits(quiet_until - now) }
end
-- The same fence again is our own command, sent anew after a lost connection.
if record[2] and record[3] == epoch and tonumber(record[2]) > now and record[5] ~= ARGV[4] then
  return { 'leased', digits(tonumber(record[2]) - now) }
end
if not record[1] then
  redis.call('ZADD', KEYS[3], digits(now + tonumber(ARGV[9])), ARGV[8])
  list_record(KEYS, 4, 'accepted', ARGV[8], now)
  redis.call('HSET', KEYS[2], 'state', 'accepted', 'revision', ARGV[5], 'attempts', '0', 'acceptedAt', digits(now))
  note_newest()
  if ARGV[6] ~= '' then
    redis.call('HSET', KEYS[2], 'payload', ARGV[6])
  end
  list_issued(KEYS[2], KEYS[7], ARGV, 12, ARGV[8])
end
if ARGV[7] ~= '' then
  redis.call('HSET', KEYS[2], 'jobId', ARGV[7])
end
redis.call('HSET', KEYS[2], 'fence', ARGV[4], 'epoch', epoch,
  'leaseUntil', digits(now + tonumber(ARGV[3])), 'updatedAt', digits(now))
return { 'claimed', digits(now), epoch, redis.call('HGETALL', KEYS[2]) }
