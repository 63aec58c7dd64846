-- A payload or a shop refused before anything was tried: no claim, no look, no quiet time.
-- Writes only where no order can hang on it: a new record, or one rejected by another request.
-- KEYS record trail events open unresolved rejected issued
-- ARGV requestId code message ended(one JSON entry) trail shopId invoiceId at body member jobId
--      field value ... (of the invoice's issue)
local record = redis.call('HMGET', KEYS[1], 'state', 'ended')
if record[1] and record[1] ~= 'rejected' then
  return 'kept'
end
-- Any of the clicks it remembers, not only the last: a job may come again after another's refusal.
for _, told in ipairs(cjson.decode(record[2] or '[]')) do
  if told.requestId == ARGV[1] then
    return 'told'
  end
end
local now = digits(now_ms())
local ended = '[' .. ARGV[4] .. ']'
if record[2] and #record[2] > 2 and #record[2] < 8000 then
  ended = string.sub(record[2], 1, -2) .. ',' .. ARGV[4] .. ']'
end
if not record[1] then
  redis.call('HSET', KEYS[1], 'revision', '1', 'attempts', '0', 'acceptedAt', now)
end
redis.call('HSET', KEYS[1], 'state', 'rejected', 'requestId', ARGV[1], 'code', ARGV[2], 'message', ARGV[3],
  'ended', ended, 'updatedAt', now)
if ARGV[11] ~= '' then
  redis.call('HSET', KEYS[1], 'jobId', ARGV[11])
end
list_issued(KEYS[1], KEYS[7], ARGV, 12, ARGV[10])
list_record(KEYS, 4, 'rejected', ARGV[10], now_ms())
redis.call('XADD', KEYS[2], 'MAXLEN', '~', '1000', '*', 'entry', ARGV[5])
shrink(KEYS[2])
redis.call('XADD', KEYS[3], 'MAXLEN', '~', '100000', '*', 'type', 'transfer.rejected', 'shopId', ARGV[6],
  'invoiceId', ARGV[7], 'requestId', ARGV[1], 'at', ARGV[8], 'body', ARGV[9])
return 'rejected'
