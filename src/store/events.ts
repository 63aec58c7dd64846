import type { Clock } from '../clock.ts';
import type { Events } from '../transfer/ports/events.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';

const REMEMBER_REQUEST_SECONDS = 86_400;

/** Adds the event once per job: one run again after a crash adds none. */
const ADD_ONCE = `
if redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[1]) then
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', '100000', '*', 'type', 'payment.checked', 'shopId', ARGV[2],
    'invoiceId', ARGV[3], 'requestId', ARGV[4], 'at', ARGV[5], 'body', ARGV[6])
end
return 1`;

export function createEvents(deps: { redis: RedisClient; keys: Keys; clock: Clock }): Events {
  const { redis, keys, clock } = deps;
  return {
    async paymentChecked(key, requestId, result, jobId = '') {
      await redis.eval(
        ADD_ONCE,
        2,
        keys.checked(key, `${requestId}:${jobId}`),
        keys.events,
        REMEMBER_REQUEST_SECONDS,
        key.shopId,
        key.invoiceId,
        requestId,
        new Date(clock.now()).toISOString(),
        JSON.stringify(result),
      );
    },
  };
}
