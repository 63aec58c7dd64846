-- A record rests while its shop may not transfer; the same is asked again here, so that none rests in vain.
-- KEYS agenda resting shop   ARGV member
local shop = redis.call('HMGET', KEYS[3], 'disabled', 'verifiedAt')
if shop[1] == '0' and shop[2] then
  return 'awake'
end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[2], digits(now_ms()), ARGV[1])
return 'rests'
