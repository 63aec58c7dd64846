-- What the service said of the budget. In how long a time comes, not when: kept by Redis' clock, as quota.lua
-- compares it, whatever the clock of the worker that was told.
-- KEYS bucket   ARGV field inMs (other value)...
redis.call('HSET', KEYS[1], ARGV[1], digits(now_ms() + math.ceil(tonumber(ARGV[2]))), unpack(ARGV, 3))
