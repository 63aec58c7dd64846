/** What a process started by the bench answers: that it is ready, and what it has used. */
import process from 'node:process';
import type { Said, Usage } from './children.ts';

const send = (said: Said) => process.send?.(said);

/** To be called first: the parent may ask from then on. */
export function answerUsage(): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    const usage: Usage = { cpuMs: (user + system) / 1_000, rssMb: process.memoryUsage.rss() / 2 ** 20 };
    send({ usage });
  });
}

export function sayReady(address = ''): void {
  send({ ready: address });
}
