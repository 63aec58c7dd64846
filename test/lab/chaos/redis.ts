/** The Redis of the run, and what can happen to it. With a replica it is reached through a gateway. */
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { DURABLE, startRedis, type ThrowawayRedis } from '../../../src/demo/throwaway-redis.ts';

export interface BrokenRedis {
  url: string;
  hasReplica: boolean;
  kill(downMs: number): Promise<void>;
  /** Redis takes no write for so long: its memory is full. */
  fill(ms: number): Promise<void>;
  /**
   * The replica takes over. For `cutMs` before that, it gets nothing: writes that the primary acknowledges
   * meanwhile without asking for a replica are lost.
   */
  failOver(cutMs: number): Promise<void>;
  /** Takes a snapshot. @returns a function that restores it */
  backUp(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

interface Gateway {
  port: number;
  /** Sets where connections lead to, and cuts the open ones. Undefined: nowhere. */
  lead(port: number | undefined): void;
  stop(): void;
}

async function startGateway(): Promise<Gateway> {
  let target: number | undefined;
  const open = new Set<Socket>();
  const keep = (socket: Socket, other: Socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      open.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((inward) => {
    if (target === undefined) return void inward.destroy();
    const outward = connect(target, '127.0.0.1');
    keep(inward, outward);
    keep(outward, inward);
    inward.pipe(outward).pipe(inward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const lead = (port: number | undefined) => {
    target = port;
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    lead,
    stop() {
      lead(undefined);
      server.close();
    },
  };
}

/** Send one command on a new connection, not through the gateway. */
async function tell({ url }: ThrowawayRedis, command: string, ...args: (string | number)[]) {
  const client = new Redis(url, { maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  try {
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}

async function fill(redis: ThrowawayRedis, ms: number): Promise<void> {
  // One byte is less than Redis already uses.
  await tell(redis, 'CONFIG', 'SET', 'maxmemory', 1);
  await wait(ms);
  await tell(redis, 'CONFIG', 'SET', 'maxmemory', 0);
}

const directoryOf = async (redis: ThrowawayRedis) =>
  ((await tell(redis, 'CONFIG', 'GET', 'dir')) as string[])[1] ?? '';

/** A copy of Redis' files. Every acknowledged write is in them. */
async function backUp(redis: ThrowawayRedis): Promise<(onto: ThrowawayRedis) => Promise<void>> {
  const copy = await mkdtemp(join(tmpdir(), 'sharefox-24seven-backup-'));
  await cp(await directoryOf(redis), copy, { recursive: true });
  return async (onto) => {
    const directory = await directoryOf(onto);
    await onto.kill();
    for (const file of await readdir(directory)) await rm(join(directory, file), { recursive: true });
    await cp(copy, directory, { recursive: true });
    await rm(copy, { recursive: true });
    await onto.restart();
  };
}

async function killFor(redis: ThrowawayRedis, downMs: number): Promise<void> {
  await redis.kill();
  await wait(downMs);
  await redis.restart();
}

export async function startBrokenRedis(withReplica: boolean): Promise<BrokenRedis> {
  if (!withReplica) {
    const redis = await startRedis({ args: DURABLE });
    return {
      url: redis.url,
      hasReplica: false,
      kill: (downMs) => killFor(redis, downMs),
      fill: (ms) => fill(redis, ms),
      failOver: () => Promise.reject(new Error('there is no replica')),
      async backUp() {
        const restore = await backUp(redis);
        return () => restore(redis);
      },
      stop: redis.stop,
    };
  }
  const args = [...DURABLE, '--repl-diskless-sync-delay', '0'];
  let [primary, replica] = await Promise.all([startRedis({ args }), startRedis({ args })]);
  const [toAll, toReplica] = await Promise.all([startGateway(), startGateway()]);
  /** Resolves once the replica has all data. */
  async function follow(): Promise<void> {
    toReplica.lead(primary.port);
    await tell(replica, 'REPLICAOF', '127.0.0.1', toReplica.port);
    while (!String(await tell(primary, 'INFO', 'replication')).includes('state=online')) await wait(20);
  }
  await follow();
  toAll.lead(primary.port);
  return {
    url: `redis://127.0.0.1:${toAll.port}`,
    hasReplica: true,
    kill: (downMs) => killFor(primary, downMs),
    fill: (ms) => fill(primary, ms),
    async failOver(cutMs) {
      toReplica.lead(undefined);
      await wait(cutMs);
      await primary.kill();
      toAll.lead(undefined);
      await tell(replica, 'REPLICAOF', 'NO', 'ONE');
      [primary, replica] = [replica, primary];
      toAll.lead(primary.port);
      await replica.restart();
      await follow();
    },
    async backUp() {
      const restore = await backUp(primary);
      return async () => {
        toAll.lead(undefined);
        await restore(primary);
        await follow();
        toAll.lead(primary.port);
      };
    },
    async stop() {
      for (const gateway of [toAll, toReplica]) gateway.stop();
      await Promise.all([primary.stop(), replica.stop()]);
    },
  };
}
