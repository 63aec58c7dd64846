-- When to look at a record again; left alone where its state has moved on since it was read.
-- KEYS record agenda   ARGV member state delayMs('' = never again) countsAsLook('1'|'')
local state = redis.call('HGET', KEYS[1], 'state')
if not state then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return 'gone'
end
if state ~= ARGV[2] then
  return 'moved'
end
if ARGV[4] == '1' then
  redis.call('HINCRBY', KEYS[1], 'looks', 1)
end
if ARGV[3] == '' then
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('ZADD', KEYS[2], digits(now_ms() + tonumber(ARGV[3])), ARGV[1])
end
return 'ok'
