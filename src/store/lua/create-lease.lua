-- The right to create entities of one kind in one company.
-- KEYS epoch lease   ARGV freshEpoch settleMs leaseMs fence
local epoch, quiet_until = current_epoch(KEYS[1], ARGV[1], ARGV[2])
local now = now_ms()
if now < quiet_until then
  return { 'quiet', digits(quiet_until - now) }
end
local held = redis.call('HMGET', KEYS[2], 'leaseUntil', 'epoch', 'creatingSince', 'fence')
if held[1] and held[2] == epoch and tonumber(held[1]) > now and held[4] ~= ARGV[4] then
  return { 'leased', digits(tonumber(held[1]) - now) }
end
-- A create of unknown outcome: what a search shows counts only once that one has settled.
if held[3] and tonumber(held[3]) + tonumber(ARGV[2]) > now then
  return { 'settling', digits(tonumber(held[3]) + tonumber(ARGV[2]) - now) }
end
redis.call('HSET', KEYS[2], 'fence', ARGV[4], 'epoch', epoch, 'leaseUntil', digits(now + tonumber(ARGV[3])))
return { 'taken', digits(now), epoch, held[3] or '' }
