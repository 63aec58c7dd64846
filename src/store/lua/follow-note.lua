-- What a look has seen, with the events that tell it and the time of the next look: all or nothing.
-- KEYS record events follow differs gone open invoiced paid merged issued invoiceNumbers
-- ARGV JSON { member, from: [orderId, updatedAt, followedAt('' = never)], sets: [field, value, ...], deletes: [field, ...],
--      events: [[type, body], ...], shopId, invoiceId, at, nextAt('' = never),
--      state(0 = as before, else from 1), differs, gone, issuedOn('' = known), invoiceNumber('' = none) }
local args = cjson.decode(ARGV[1])
local LAST_STATE = #KEYS - 2
local record = redis.call('HMGET', KEYS[1], 'state', 'orderId', 'updatedAt', 'followedAt')
-- Another process has looked, or a transfer has gone on: what was decided is of a record that is no more.
if record[1] ~= 'transferred' or record[2] ~= args.from[1] or record[3] ~= args.from[2]
  or (record[4] or '') ~= args.from[3] then
  return 'moved'
end
if #args.sets > 0 then
  redis.call('HSET', KEYS[1], unpack(args.sets))
end
if #args.deletes > 0 then
  redis.call('HDEL', KEYS[1], unpack(args.deletes))
end
for _, event in ipairs(args.events) do
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', '100000', '*', 'type', event[1], 'shopId', args.shopId,
    'invoiceId', args.invoiceId, 'requestId', '', 'at', args.at, 'body', event[2])
end
if args.issuedOn ~= '' then
  redis.call('ZADD', KEYS[LAST_STATE + 1], issued_score(args.issuedOn), args.member)
end
if args.invoiceNumber ~= '' then
  redis.call('HSET', KEYS[LAST_STATE + 2], args.invoiceNumber, args.member)
end
if args.state > 0 or args.gone then
  for i = 6, LAST_STATE do
    redis.call(i == 5 + args.state and 'SADD' or 'SREM', KEYS[i], args.member)
  end
end
if args.differs then
  redis.call('ZADD', KEYS[4], 'NX', digits(now_ms()), args.member)
elseif args.state > 0 then
  redis.call('ZREM', KEYS[4], args.member)
end
if args.gone then
  redis.call('ZADD', KEYS[5], digits(now_ms()), args.member)
  redis.call('ZREMRANGEBYRANK', KEYS[5], 0, -20001)
end
if args.nextAt == '' then
  -- How it stood at its end is in the record; the sets hold what is followed.
  for i = 6, LAST_STATE do
    redis.call('SREM', KEYS[i], args.member)
  end
  redis.call('ZREM', KEYS[3], args.member)
else
  redis.call('ZADD', KEYS[3], args.nextAt, args.member)
end
return 'ok'
