import { expect, test } from 'vitest';
import { producerConnection } from '../../src/cli/decide.ts';

const url = 'rediss://worker:p%40ss@ignored.example/3';
const login = { username: 'worker', password: 'p@ss', tls: {} };

test('a decision is enqueued with the login and TLS of REDIS_URL, on a Cluster and behind Sentinels too', () => {
  const nodes = [{ host: 'node', port: 7000 }];
  expect(producerConnection({ kind: 'single', url })).toBe(url);
  expect(producerConnection({ kind: 'cluster', url, nodes })).toEqual({
    cluster: nodes,
    options: { redisOptions: login },
  });
  expect(producerConnection({ kind: 'sentinel', url, masterName: 'ours', sentinels: nodes })).toEqual({
    ...login,
    sentinelTLS: {},
    enableTLSForSentinelMode: true,
    db: 3,
    sentinels: nodes,
    name: 'ours',
  });
});
