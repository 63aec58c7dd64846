-- Store an id found or made under its natural keys, as old as it is by this clock.
-- KEYS ids   ARGV id facts key ...
for i = 3, #ARGV do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[1] .. ' ' .. digits(now_ms()) .. ' ' .. ARGV[2])
end
return 'ok'
