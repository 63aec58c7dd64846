/** A process of the bench says when it is ready, and answers what it has used and for which part. */
import process from 'node:process';
import type { Asked, Said } from './children.ts';
import { endProfile, startProfile } from './cpu-profile.ts';

const send = (said: Said) => process.send?.(said);

/** Call it first: the parent may ask as soon as the process is ready. */
export function answerUsage(): void {
  process.on('message', async (asked: Asked) => send(await ANSWERS[asked]()));
}

const ANSWERS: Record<Asked, () => Promise<Said>> = {
  async usage() {
    const { user, system } = process.cpuUsage();
    return { usage: { cpuMs: (user + system) / 1_000, rssMb: process.memoryUsage.rss() / 2 ** 20 } };
  },
  async profile() {
    await startProfile();
    return { ready: '' };
  },
  profiled: async () => ({ profiled: await endProfile() }),
};

export function sayReady(address = ''): void {
  send({ ready: address });
}
