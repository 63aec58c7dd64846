-- A shop may transfer again: its records are due.
-- KEYS agenda resting
local resting = redis.call('ZRANGE', KEYS[2], 0, -1, 'WITHSCORES')
for i = 1, #resting, 2 do
  redis.call('ZADD', KEYS[1], 'LT', resting[i + 1], resting[i])
end
redis.call('DEL', KEYS[2])
return #resting / 2
