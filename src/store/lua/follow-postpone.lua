-- Nothing was seen: look again later. What is followed no more stays so.
-- KEYS follow   ARGV JSON { members: [...], delayMs }
local args = cjson.decode(ARGV[1])
local at = digits(now_ms() + tonumber(args.delayMs))
for _, member in ipairs(args.members) do
  redis.call('ZADD', KEYS[1], 'XX', at, member)
end
return 'ok'
