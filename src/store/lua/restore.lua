-- A record and its trail as they were exported, with every list it stands in. Left alone where the one that is here is
-- as new, or is being worked on.
-- KEYS epoch record trail agenda open unresolved rejected orders followNew followDiffers followGone issued
-- ARGV JSON { epoch (one for the whole import), settleMs, member, state, updatedAt, since, fields: [field, value, ...],
--      trail: [[id, entry], ...], lookMs('' = none), order('' = none), followed(boolean), differsSince(''), goneAt(''),
--      issuedOn('') }
local args = cjson.decode(ARGV[1])
local now = now_ms()
local here = redis.call('HMGET', KEYS[2], 'updatedAt', 'leaseUntil')
if here[1] and tonumber(here[1]) >= tonumber(args.updatedAt) then
  return 'kept'
end
if here[2] and tonumber(here[2]) > now then
  return 'busy'
end
-- What was written in another life of the store may have gone on there: a save may have left since. As after a
-- restart with lost writes, nothing is looked up or sent before that has settled.
if redis.call('HGET', KEYS[1], 'id') ~= args.epoch then
  begin_epoch(KEYS[1], args.epoch, run_of(DURABILITY == 'service'), args.settleMs)
end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('HSET', KEYS[2], unpack(args.fields))
for _, entry in ipairs(args.trail) do
  redis.call('XADD', KEYS[3], entry[1], 'entry', entry[2])
end
shrink(KEYS[3])
list_record(KEYS, 5, args.state, args.member, tonumber(args.since))
if args.lookMs == '' then
  redis.call('ZREM', KEYS[4], args.member)
else
  redis.call('ZADD', KEYS[4], digits(now + tonumber(args.lookMs)), args.member)
end
if args.order ~= '' then
  redis.call('HSET', KEYS[8], args.order, args.member)
end
if args.issuedOn ~= '' then
  redis.call('ZADD', KEYS[12], issued_score(args.issuedOn), args.member)
end
if args.followed then
  redis.call('SADD', KEYS[9], args.member)
end
if args.differsSince ~= '' then
  redis.call('ZADD', KEYS[10], args.differsSince, args.member)
end
if args.goneAt ~= '' then
  redis.call('ZADD', KEYS[11], args.goneAt, args.member)
  redis.call('ZREMRANGEBYRANK', KEYS[11], 0, -20001)
end
return 'restored'
