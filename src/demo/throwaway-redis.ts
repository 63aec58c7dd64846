/**
 * A Redis of our own for tests and the demo, never the one in REDIS_URL: it is killed and emptied.
 * Order: redis-server or valkey-server on the PATH, else a container where an engine answers.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ThrowawayRedis {
  url: string;
  port: number;
  /** End the server process (default SIGKILL); `restart` brings it back on the same port and directory. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  restart(): Promise<void>;
  /** End it for good and remove its directory. */
  stop(): Promise<void>;
}

const VOLATILE = ['--save', '', '--appendonly', 'no'];
export const DURABLE = [
  '--save',
  '',
  '--appendonly',
  'yes',
  '--appendfsync',
  'always',
  '--maxmemory-policy',
  'noeviction',
];

const INSTALL_HINT =
  'No Redis for tests and demo: install redis-server (Debian: apt-get install redis-server), or start a container engine.';

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  return address.port;
}

function serverBinary(): string | undefined {
  return ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);
}

async function startProcess(
  binary: string,
  port: number,
  dir: string,
  args: string[],
): Promise<ChildProcess> {
  const child = spawn(binary, ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stdout = child.stdout;
  if (stdout === null) throw new TypeError('stdout is piped');
  await new Promise<void>((resolve, reject) => {
    let said = '';
    stdout.on('data', (chunk: Buffer) => {
      if (said.includes('eady to accept connections')) return;
      said += chunk.toString();
      if (said.includes('eady to accept connections')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`${binary} ended with ${code}: ${said.slice(-400)}`)));
    child.once('error', reject);
  });
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

async function startContainer(): Promise<ThrowawayRedis> {
  const { GenericContainer } = await import('testcontainers').catch(() => {
    throw new Error(INSTALL_HINT);
  });
  const container = await new GenericContainer('redis:7.4-alpine')
    .withExposedPorts(6379)
    .start()
    .catch(() => {
      throw new Error(INSTALL_HINT);
    });
  const port = container.getMappedPort(6379);
  return {
    url: `redis://${container.getHost()}:${port}`,
    port,
    kill: async () => {
      await container.stop({ remove: false });
    },
    restart: async () => {
      await container.restart();
    },
    stop: async () => {
      await container.stop();
    },
  };
}

/** @param options.args redis-server options after the defaults (no persistence); see DURABLE */
export async function startRedis(options: { args?: string[] } = {}): Promise<ThrowawayRedis> {
  const binary = serverBinary();
  if (binary === undefined) return startContainer();
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'sharefox-24seven-redis-'));
  const args = options.args ?? VOLATILE;
  let child = await startProcess(binary, port, dir, args);
  const stopWithUs = () => child.kill('SIGKILL');
  process.once('exit', stopWithUs);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill: (signal = 'SIGKILL') => end(child, signal),
    restart: async () => {
      child = await startProcess(binary, port, dir, args);
    },
    stop: async () => {
      process.removeListener('exit', stopWithUs);
      await end(child, 'SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
  };
}
