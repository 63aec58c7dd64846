-- Ties a shop to its company, where the shop is still the one that was looked at: a `shop add` beside the verify
-- may have named another account, another verify may have moved it.
-- KEYS shop   ARGV clientId identityId verifiedAt accountName namedClientId ('': none) clientId before ('': none)
local shop = redis.call('HMGET', KEYS[1], 'settings', 'clientId', 'formerClientId')
local name, named = account_name(shop[1])
if name ~= ARGV[4] or named ~= ARGV[5] or (shop[2] or shop[3] or '') ~= ARGV[6] then
  return 0
end
redis.call('HSET', KEYS[1], 'clientId', ARGV[1], 'identityId', ARGV[2], 'verifiedAt', ARGV[3])
redis.call('HDEL', KEYS[1], 'formerClientId')
return 1
