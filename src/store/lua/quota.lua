-- One token of the egress IP's request budget, or the milliseconds to wait for it.
-- The bucket holds `burst` and refills by (limit - burst) an hour, so that no hour can be overspent.
-- `spared` tokens stay in it; who finds no more is told when the next one comes.
-- KEYS bucket recent   ARGV burst refillPerMs perSecond startTokens spared
local now = now_ms()
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'quarantineUntil', 'windowLeft', 'windowEnds')
local burst, refill, per_second = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

if bucket[3] and tonumber(bucket[3]) > now then
  return digits(tonumber(bucket[3]) - now)
end
-- The server's own count, where it tells one, stops us before it does.
if bucket[5] and tonumber(bucket[5]) > now and tonumber(bucket[4]) <= 0 then
  return digits(tonumber(bucket[5]) - now)
end
local tokens = tonumber(ARGV[4])
if bucket[1] then
  tokens = math.min(burst, tonumber(bucket[1]) + math.max(0, now - tonumber(bucket[2])) * refill)
  -- As finely as it is kept: who has waited as long as was said finds the token whole.
  tokens = math.floor(tokens * 1e9 + 0.5) / 1e9
end
local wait = 0
if tokens < 1 + tonumber(ARGV[5]) then
  wait = math.ceil((math.floor(tokens) + 1 - tokens) / refill)
end
-- A second and a tenth: some requests are longer on their way than those behind them.
local second = 1100
local oldest = redis.call('LINDEX', KEYS[2], per_second - 1)
if oldest and tonumber(oldest) + second > now then
  wait = math.max(wait, tonumber(oldest) + second - now)
end
if wait == 0 then
  tokens = tokens - 1
  redis.call('LPUSH', KEYS[2], digits(now))
  redis.call('LTRIM', KEYS[2], 0, per_second - 1)
  redis.call('PEXPIRE', KEYS[2], 2000)
  if bucket[4] then
    redis.call('HINCRBY', KEYS[1], 'windowLeft', -1)
  end
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.9f', tokens), 'at', digits(now))
return digits(wait)
