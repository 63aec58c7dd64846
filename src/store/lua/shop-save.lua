-- Adds or replaces a shop. A verification stays only for the account it was made for: the same name, and no other
-- company named. The company is remembered, so that the next verify notices another one.
-- KEYS shops shop   ARGV shopId settings accountName clientId ('': none named)
-- Returns the Client.Id whose verification is forgotten, or ''.
local before = redis.call('HMGET', KEYS[2], 'settings', 'clientId')
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[2], 'settings', ARGV[2], 'disabled', '0')
if not before[2] then
  return ''
end
if account_name(before[1]) == ARGV[3] and (ARGV[4] == '' or ARGV[4] == before[2]) then
  return ''
end
redis.call('HDEL', KEYS[2], 'clientId', 'identityId', 'verifiedAt')
redis.call('HSET', KEYS[2], 'formerClientId', before[2])
return before[2]
