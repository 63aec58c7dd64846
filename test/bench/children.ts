/** Processes of the bench: each on its own, so that its processor time is its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Usage {
  /** User and system time since the process began. */
  cpuMs: number;
  rssMb: number;
}
export type Said = { ready: string } | { usage: Usage };

export interface Child {
  /** What it said when it was ready. */
  address: string;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

const STOP_MS = 25_000;

/** @param file beside this one; it calls `answerUsage` and `sayReady` of `child.ts` */
export async function startChild(file: string, env: NodeJS.ProcessEnv): Promise<Child> {
  const child = fork(join(import.meta.dirname, file), [], {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const heard = async (): Promise<Said> => {
    const stop = new AbortController();
    try {
      const ended = once(child, 'exit', { signal: stop.signal }).then(([code]) => {
        throw new Error(`${file} ended with ${code}`);
      });
      const [said] = await Promise.race([once(child, 'message', { signal: stop.signal }), ended]);
      return said as Said;
    } finally {
      stop.abort();
    }
  };
  const said = await heard();
  if (!('ready' in said)) throw new Error(`${file} said something else than that it is ready`);
  return {
    address: said.ready,
    async usage() {
      const answer = heard();
      child.send('usage');
      const told = await answer;
      if (!('usage' in told)) throw new Error(`${file} did not tell its usage`);
      return told.usage;
    },
    async stop() {
      process.removeListener('exit', killWithUs);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      const timer = setTimeout(killWithUs, STOP_MS);
      child.kill('SIGTERM');
      await exited;
      clearTimeout(timer);
    },
  };
}

/** What several processes have used together. */
export async function usageOf(children: Child[]): Promise<Usage> {
  const usages = await Promise.all(children.map((child) => child.usage()));
  return usages.reduce((sum, each) => ({
    cpuMs: sum.cpuMs + each.cpuMs,
    rssMb: sum.rssMb + each.rssMb,
  }));
}
