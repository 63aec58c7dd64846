import { connect } from 'node:net';
import { type Clock, within } from '../src/clock.ts';
import type { Readiness } from '../src/ops/server.ts';
import type { RedisClient } from '../src/store/connection.ts';

const PROBE_TIMEOUT_MS = 2_000;
/** A probe of the service is believed for so long: readiness is asked every few seconds. */
const PROBE_AGE_MS = 5_000;

type WorkerState = 'waiting for Redis' | 'working' | 'stopping';

/** Whether this process can do its work now: Redis answers, the service can be connected to, jobs are taken. */
export function createReadiness(deps: { redis: RedisClient; baseUrl: string; clock: Clock }): {
  check(): Promise<Readiness>;
  workersAre(state: WorkerState): void;
} {
  let workers: WorkerState = 'waiting for Redis';
  let probed = { at: Number.NEGATIVE_INFINITY, ok: false };
  const serviceAnswers = async () => {
    const now = deps.clock.monotonic();
    if (now - probed.at > PROBE_AGE_MS || !probed.ok)
      probed = { at: now, ok: await canConnect(deps.baseUrl) };
    return probed.ok;
  };
  return {
    workersAre(state) {
      workers = state;
    },
    async check() {
      const [redisOk, serviceOk] = await Promise.all([redisAnswers(deps.redis), serviceAnswers()]);
      const checks = [
        { name: 'redis', ok: redisOk, detail: redisOk ? 'answers' : 'does not answer' },
        {
          name: '24sevenoffice',
          ok: serviceOk,
          detail: serviceOk ? 'can be connected to' : 'cannot be connected to',
        },
        { name: 'workers', ok: workers === 'working', detail: workers },
      ];
      return { ready: checks.every(({ ok }) => ok), checks };
    },
  };
}

async function redisAnswers(redis: RedisClient): Promise<boolean> {
  if (redis.status !== 'ready') return false;
  return (await within(PROBE_TIMEOUT_MS, redis.ping(), 'late').catch(() => 'failed')) === 'PONG';
}

/** A connection, not a request: readiness must cost none of the hourly budget. */
function canConnect(baseUrl: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(baseUrl);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname,
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      timeout: PROBE_TIMEOUT_MS,
    });
    const answer = (ok: boolean) => {
      socket.destroy();
      resolve(ok);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
  });
}
