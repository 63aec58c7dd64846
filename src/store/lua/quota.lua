-- One token of the egress IP's request budget, or the milliseconds to wait for it.
-- The bucket holds `burst` and refills by (limit - burst) an hour, so that no hour can be overspent.
-- `spared` tokens stay in it; who finds no more is told when the next one comes.
-- KEYS bucket recent   ARGV burst refillPerMs perSecond startTokens spared
local now = now_ms()
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'quarantineUntil', 'windowLeft', 'windowEnds')
local burst, refill, per_second = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

-- What cannot be is as good as not there: once kept, it would stop every shop for good. NaN is in no range.
local function kept(text, least, most)
  local n = text and tonumber(text)
  return n and n >= least and n <= most and n or nil
end
-- Nothing that the service names is later; an hour more for what differs between clocks.
local latest = now + 25 * 3600000
local quarantine_until = kept(bucket[3], 0, latest)
local window_left = kept(bucket[4], -1e9, 1e9)
local window_ends = kept(bucket[5], 0, latest)

if quarantine_until and quarantine_until > now then
  return digits(quarantine_until - now)
end
-- The server's own count, where it tells one, stops us before it does.
if window_ends and window_ends > now and window_left and window_left <= 0 then
  return digits(window_ends - now)
end
local tokens = kept(bucket[1], 0, 1e9)
if tokens then
  local at = kept(bucket[2], 0, now) or now
  tokens = math.min(burst, tokens + (now - at) * refill)
  -- As finely as it is kept: who has waited as long as was said finds the token whole.
  tokens = math.floor(tokens * 1e9 + 0.5) / 1e9
else
  tokens = tonumber(ARGV[4])
end
local wait = 0
if tokens < 1 + tonumber(ARGV[5]) then
  wait = math.ceil((math.floor(tokens) + 1 - tokens) / refill)
end
-- A second and a tenth: some requests are longer on their way than those behind them.
local second = 1100
local oldest = kept(redis.call('LINDEX', KEYS[2], per_second - 1), now - second, now + second)
if oldest and oldest + second > now then
  wait = math.max(wait, oldest + second - now)
end
if wait == 0 then
  tokens = tokens - 1
  redis.call('LPUSH', KEYS[2], digits(now))
  redis.call('LTRIM', KEYS[2], 0, per_second - 1)
  redis.call('PEXPIRE', KEYS[2], 2000)
  if window_left then
    redis.call('HSET', KEYS[1], 'windowLeft', digits(math.floor(window_left) - 1))
  end
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.9f', tokens), 'at', digits(now))
return digits(wait)
