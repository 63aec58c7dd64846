-- Written when the dispatcher holds the token and a connected socket, just before the save leaves:
-- one answer per member. Whoever lost its claim, or knows a higher revision, does not leave.
-- KEYS epoch then per member record|lease and trail|lease
-- ARGV freshEpoch settleMs leaseMs then per member kind fence epoch revision contentHash trail requestedAt
local epoch, quiet_until = current_epoch(KEYS[1], ARGV[1], ARGV[2])
local now = now_ms()
local answers = {}
for i = 1, (#KEYS - 1) / 2 do
  local key, trail = KEYS[2 * i], KEYS[2 * i + 1]
  local at = 3 + (i - 1) * 7
  local kind, fence, claimed_epoch = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local held = redis.call('HMGET', key, 'fence', 'epoch', 'state', 'revision', 'leaseUntil', 'newestAt',
    'newestHash')
  -- Without a lease the claim was given back: its worker has gone on without this save.
  if epoch ~= claimed_epoch or held[1] ~= fence or held[2] ~= claimed_epoch or not held[5] then
    answers[i] = 'stale'
  elseif now < quiet_until then
    answers[i] = 'quiet'
  elseif kind == 'create' then
    redis.call('HSET', key, 'creatingSince', digits(now), 'leaseUntil', digits(now + tonumber(ARGV[3])))
    answers[i] = 'go'
  elseif held[3] ~= 'preparing' and held[3] ~= 'sending' then
    answers[i] = 'stale'
  elseif tonumber(held[4]) > tonumber(ARGV[at + 4]) then
    answers[i] = 'superseded'
  elseif held[6] and held[7] ~= ARGV[at + 5] and tonumber(held[4]) == tonumber(ARGV[at + 4])
    and tonumber(held[6]) > tonumber(ARGV[at + 7]) then
    answers[i] = 'superseded'
  else
    redis.call('HSET', key, 'state', 'sending', 'sentAt', digits(now),
      'sentHash', ARGV[at + 5], 'leaseUntil', digits(now + tonumber(ARGV[3])), 'updatedAt', digits(now))
    redis.call('HDEL', key, 'missedAt', 'denied')
    redis.call('XADD', trail, 'MAXLEN', '~', '1000', '*', 'entry', ARGV[at + 6])
    answers[i] = 'go'
  end
end
return answers
