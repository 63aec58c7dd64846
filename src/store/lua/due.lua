-- Records whose time has come, oldest first; held back for everyone else until they are scheduled anew.
-- KEYS agenda   ARGV limit holdMs
local now = now_ms()
local members = redis.call('ZRANGE', KEYS[1], '-inf', digits(now), 'BYSCORE', 'LIMIT', 0, tonumber(ARGV[1]))
for _, member in ipairs(members) do
  redis.call('ZADD', KEYS[1], digits(now + tonumber(ARGV[2])), member)
end
return members
