/** `rediss://` means TLS on every connection: to one server, to Sentinels and what they name, to a Cluster. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { producerConnection } from '../../src/cli/decide.ts';
import { freePort } from '../../src/demo/throwaway-redis.ts';
import { createProducer, type ProducerConnection } from '../../src/producer.ts';
import { connectRedis, type RedisConfig } from '../../src/store/connection.ts';
import { makeCertificates } from '../support/certificates.ts';
import { startRedis } from '../support/redis.ts';
import { silentLogger } from '../twentyfourseven/support.ts';

const PASSWORD = 'never-in-clear';
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/**
 * A server without TLS that writes down what it is told. It answers as a Sentinel whose primary it is itself, and as a
 * Cluster of one node.
 */
async function startEavesdropper() {
  let heard = '';
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const said = chunk.toString('latin1');
      heard += said;
      const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;
      const node = `*3\r\n${bulk('127.0.0.1')}:${port}\r\n${bulk('node')}`;
      if (said.includes('get-master-addr-by-name'))
        socket.write(`*2\r\n${bulk('127.0.0.1')}${bulk(String(port))}`);
      else if (/slots/i.test(said)) socket.write(`*1\r\n*3\r\n:0\r\n:16383\r\n${node}`);
      else if (said.startsWith('*')) socket.write('+OK\r\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  cleanups.push(() => server.close());
  return { port, host: '127.0.0.1', heard: () => heard };
}

/** The first bytes of a TLS handshake, and nothing else. */
const HANDSHAKE = '\x16\x03';

type Eavesdropper = { host: string; port: number };
const url = (port: number) => `rediss://:${PASSWORD}@127.0.0.1:${port}`;
const KINDS: Record<string, (at: Eavesdropper) => RedisConfig> = {
  single: ({ port }) => ({ kind: 'single', url: url(port) }),
  sentinel: ({ host, port }) => ({
    kind: 'sentinel',
    url: url(1),
    masterName: 'ours',
    sentinels: [{ host, port }],
  }),
  cluster: ({ host, port }) => ({ kind: 'cluster', url: url(1), nodes: [{ host, port }] }),
};

describe('a server without TLS hears nothing from rediss://', () => {
  it.each(Object.entries(KINDS))('of the workers: %s', async (_kind, configOf) => {
    const eavesdropper = await startEavesdropper();
    const client = connectRedis(configOf(eavesdropper), silentLogger);
    cleanups.push(() => client.disconnect());
    await expect.poll(() => eavesdropper.heard().slice(0, 2)).toBe(HANDSHAKE);
    expect(eavesdropper.heard()).not.toContain(PASSWORD);
  });

  const PRODUCERS: Record<string, (at: Eavesdropper) => ProducerConnection> = {
    ...Object.fromEntries(
      Object.entries(KINDS).map(([kind, configOf]) => [kind, (at) => producerConnection(configOf(at))]),
    ),
    'sentinel with tls and nothing else said': ({ host, port }) => ({
      ...{ sentinels: [{ host, port }], name: 'ours', password: PASSWORD, tls: {} },
    }),
    'sentinel with tls, and told to speak plainly to the primary': ({ host, port }) => ({
      ...{ sentinels: [{ host, port }], name: 'ours', password: PASSWORD, tls: {} },
      enableTLSForSentinelMode: false,
    }),
    'cluster whose nodes are named by rediss://': ({ port }) => ({
      cluster: [url(port)],
      options: { redisOptions: { password: PASSWORD } },
    }),
  };
  it.each(Object.entries(PRODUCERS))('of a producer: %s', async (_kind, connectionOf) => {
    const eavesdropper = await startEavesdropper();
    const producer = createProducer({ connection: connectionOf(eavesdropper) });
    cleanups.push(() => producer.close());
    await expect.poll(() => eavesdropper.heard().slice(0, 2)).toBe(HANDSHAKE);
    expect(eavesdropper.heard()).not.toContain(PASSWORD);
  });
});

it('rediss:// reaches a server, the primary behind Sentinels and a Cluster, all of them with TLS alone', async () => {
  const certificates = makeCertificates();
  cleanups.push(certificates.remove);
  const [single, node, sentinel] = [await freePort(), await freePort(), await freePort()];
  const start = async (port: number, args: string[]) => {
    const server = await startRedis({ args: [...certificates.redisArgs(port), ...args] });
    cleanups.push(server.stop);
  };
  await start(single, ['--requirepass', PASSWORD]);
  await start(node, [
    '--requirepass',
    PASSWORD,
    '--cluster-enabled',
    'yes',
    '--cluster-announce-ip',
    '127.0.0.1',
  ]);
  const cli = ['--tls', '--cacert', certificates.ca, '-a', PASSWORD, '--no-auth-warning'];
  execFileSync('redis-cli', [...cli, '-p', String(node), 'cluster', 'addslotsrange', '0', '16383']);
  const file = join(dirname(certificates.ca), 'sentinel.conf');
  const lines = certificates
    .redisArgs(sentinel)
    .join(' ')
    .split(/^--| --/)
    .slice(1);
  lines.push(`sentinel monitor ours 127.0.0.1 ${single} 1`, `sentinel auth-pass ours ${PASSWORD}`);
  writeFileSync(file, lines.join('\n'));
  const watcher = spawn('redis-server', [file, '--sentinel'], { stdio: 'pipe' });
  cleanups.push(() => watcher.kill('SIGKILL'));
  await once(watcher.stdout, 'data');

  const configs: RedisConfig[] = [
    { kind: 'single', url: url(single) },
    {
      kind: 'sentinel',
      url: url(1),
      masterName: 'ours',
      sentinels: [{ host: '127.0.0.1', port: sentinel }],
    },
    { kind: 'cluster', url: url(1), nodes: [{ host: '127.0.0.1', port: node }] },
  ];
  // Node reads a further authority once, as the process starts.
  const child = fileURLToPath(new URL('support/tls-child.ts', import.meta.url));
  const said = execFileSync(process.execPath, ['--import', 'tsx', child, JSON.stringify(configs)], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: certificates.ca },
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(JSON.parse(said)).toEqual(configs.map(({ kind }) => ({ kind, worker: 'PONG', producer: true })));
}, 60_000);
