-- Free (or renew) a create lease.
-- KEYS epoch lease
-- ARGV freshEpoch settleMs fence epoch outcome('settled'|'outcome_unknown'|'renew') leaseMs
local epoch = current_epoch(KEYS[1], ARGV[1], ARGV[2])
local held = redis.call('HMGET', KEYS[2], 'fence', 'epoch', 'leaseUntil')
if epoch ~= ARGV[4] or held[1] ~= ARGV[3] or held[2] ~= ARGV[4] then
  return 'stale'
end
if ARGV[5] == 'renew' then
  -- Freed while the renewal was under way: renewed, nobody would free it again.
  if not held[3] then
    return 'stale'
  end
  redis.call('HSET', KEYS[2], 'leaseUntil', digits(now_ms() + tonumber(ARGV[6])))
  return 'ok'
end
redis.call('HDEL', KEYS[2], 'leaseUntil')
if ARGV[5] ~= 'outcome_unknown' then
  redis.call('HDEL', KEYS[2], 'creatingSince')
end
return 'ok'
