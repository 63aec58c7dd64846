-- The clock, and the circuits asked for; all of it in one look.
-- KEYS circuits   ARGV name ...
local states = redis.call('HMGET', KEYS[1], unpack(ARGV))
table.insert(states, 1, digits(now_ms()))
return states
