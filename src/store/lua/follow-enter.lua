-- The first look of orders: of those that have just come, and of those that were never followed.
-- KEYS follow followNew record ...   ARGV JSON { entries: [{ member, at }] }, in the records' order
for i, entry in ipairs(cjson.decode(ARGV[1]).entries) do
  local arrived = redis.call('SREM', KEYS[2], entry.member) == 1
  local record = redis.call('HMGET', KEYS[2 + i], 'state', 'followedAt')
  if record[1] == 'transferred' and (arrived or not record[2]) then
    -- An order that was brought to an edited invoice begins anew.
    redis.call('ZADD', KEYS[1], arrived and 'CH' or 'NX', entry.at, entry.member)
  end
end
return 'ok'
