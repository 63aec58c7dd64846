-- One token of the egress IP's request budget, or the milliseconds to wait for it.
-- The bucket holds `burst` and refills by (limit - burst) an hour, so that no hour can be overspent.
-- `spared` tokens stay in it; who finds no more is told when the next one comes.
-- A background call takes none while another call waits, and at most `background` in any hour.
-- KEYS bucket recent background   ARGV burst refillPerMs perSecond startTokens spared background('' = no such call)
local now = now_ms()
local bucket =
  redis.call('HMGET', KEYS[1], 'tokens', 'at', 'quarantineUntil', 'windowLeft', 'windowEnds', 'awaitedUntil')
local burst, refill, per_second = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local background = tonumber(ARGV[6])

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
local awaited_until = kept(bucket[6], 0, latest + 1000)

-- Who is told to wait comes back then. Until a second later the background leaves it the token.
local function wait_for(ms)
  if not background then
    redis.call('HSET', KEYS[1], 'awaitedUntil', digits(now + ms + 1000))
  end
  return digits(ms)
end
if quarantine_until and quarantine_until > now then
  return wait_for(quarantine_until - now)
end
-- The server's own count, where it tells one, stops us before it does. The background leaves as much as it may spend.
if window_ends and window_ends > now and window_left and window_left <= (background or 0) then
  return wait_for(window_ends - now)
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
local wanted = 1 + tonumber(ARGV[5])
if tokens < wanted then
  wait = math.ceil(((background and wanted or math.floor(tokens) + 1) - tokens) / refill)
end
-- A second and a tenth: some requests are longer on their way than those behind them.
local second = 1100
local oldest = kept(redis.call('LINDEX', KEYS[2], per_second - 1), now - second, now + second)
if oldest and oldest + second > now then
  wait = math.max(wait, oldest + second - now)
end
local hour = 3600000
if background then
  if awaited_until and awaited_until > now then
    wait = math.max(wait, awaited_until - now)
  end
  -- The first of the last `background` requests; where it may make none, the hour never ends.
  local first = now
  if background > 0 then
    first = kept(redis.call('LINDEX', KEYS[3], background - 1), 0, now + hour) or 0
  end
  wait = math.max(wait, first + hour - now)
end
if wait == 0 then
  tokens = tokens - 1
  redis.call('LPUSH', KEYS[2], digits(now))
  redis.call('LTRIM', KEYS[2], 0, per_second - 1)
  redis.call('PEXPIRE', KEYS[2], 2000)
  if window_left then
    redis.call('HSET', KEYS[1], 'windowLeft', digits(math.floor(window_left) - 1))
  end
  if background then
    redis.call('LPUSH', KEYS[3], digits(now))
    redis.call('LTRIM', KEYS[3], 0, background - 1)
    redis.call('PEXPIRE', KEYS[3], hour)
  end
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.9f', tokens), 'at', digits(now))
return wait > 0 and wait_for(wait) or digits(0)
