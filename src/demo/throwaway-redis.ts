/**
 * A Redis for tests and the demo, which kill and empty it: so it is never the one in REDIS_URL. It is
 * redis-server or valkey-server from the PATH, else a container if an engine answers.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ThrowawayRedis {
  url: string;
  port: number;
  /** End the server process (default SIGKILL). `restart` starts it again on the same port and directory. */
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

/** Neither a server on the PATH nor a container engine. The message is one line and says what to install. */
export class NoRedis extends Error {
  constructor() {
    super(
      'No Redis for tests and demo: install redis-server (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis), or start a container engine.',
    );
    this.name = 'NoRedis';
  }
}

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

/** Resolves when the server takes commands. */
async function whenReady(binary: string, child: ChildProcess): Promise<ChildProcess> {
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
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

async function startContainer(args: string[]): Promise<ThrowawayRedis> {
  const { GenericContainer } = await import('testcontainers').catch(() => {
    throw new NoRedis();
  });
  const container = await new GenericContainer('redis:7.4-alpine')
    .withCommand(['redis-server', ...args])
    .withExposedPorts(6379)
    .start()
    .catch(() => {
      throw new NoRedis();
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

/**
 * Throws NoRedis.
 *
 * @param options.args redis-server options after the defaults (no persistence); see DURABLE
 * @param options.survivesCtrlC Ctrl-C reaches every process of the terminal. With true it does not end this
 *   one: the caller must stop it
 */
export async function startRedis(
  options: { args?: string[]; survivesCtrlC?: boolean } = {},
): Promise<ThrowawayRedis> {
  const { args = VOLATILE, survivesCtrlC = false } = options;
  const binary = serverBinary();
  if (binary === undefined) return startContainer(args);
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'sharefox-24seven-redis-'));
  const spawnServer = () =>
    spawn(binary, ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: survivesCtrlC,
    });
  let child: ChildProcess = spawnServer();
  const stopWithUs = () => {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', stopWithUs);
  const stop = async () => {
    process.removeListener('exit', stopWithUs);
    await end(child, 'SIGKILL');
    await rm(dir, { recursive: true, force: true });
  };
  await whenReady(binary, child).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill: (signal = 'SIGKILL') => end(child, signal),
    restart: async () => {
      child = spawnServer();
      await whenReady(binary, child);
    },
    stop,
  };
}
