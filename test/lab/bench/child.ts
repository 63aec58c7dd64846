/** What a process started by the bench answers: that it is ready, what it has used, and what for. */
import process from 'node:process';
import type { Asked, Said } from './children.ts';
import { endProfile, startProfile } from './cpu-profile.ts';

const send = (said: Said) => process.send?.(said);

/** To be called first: the parent may ask from then on. */
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
