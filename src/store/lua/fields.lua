-- The same fields of many hashes in one answer, in their order.
-- KEYS hashes   ARGV fields
local found = {}
for i, key in ipairs(KEYS) do
  found[i] = redis.call('HMGET', key, unpack(ARGV))
end
return found
