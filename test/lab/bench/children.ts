/** Processes of the bench. Each part runs in its own process, so that its processor time can be measured. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TimeByPart } from './cpu-profile.ts';

export interface Usage {
  /** User and system time since the process began. */
  cpuMs: number;
  rssMb: number;
}
export type Asked = 'usage' | 'profile' | 'profiled';
export type Said = { ready: string } | { usage: Usage } | { profiled: TimeByPart };

export interface Child {
  /** The address it gave when it was ready. */
  address: string;
  usage(): Promise<Usage>;
  /** Time of its main thread, by part, while `act` ran. */
  profileOf(act: () => Promise<unknown>): Promise<TimeByPart>;
  stop(): Promise<void>;
}

const STOP_MS = 25_000;

/** @param file in this folder. It calls `answerUsage` and `sayReady` of `child.ts` */
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
  const ask = (asked: Asked): Promise<Said> => {
    const answer = heard();
    child.send(asked);
    return answer;
  };
  const said = await heard();
  if (!('ready' in said)) throw new Error(`${file} did not say that it is ready`);
  return {
    address: said.ready,
    async usage() {
      const told = await ask('usage');
      if (!('usage' in told)) throw new Error(`${file} did not answer with its usage`);
      return told.usage;
    },
    async profileOf(act) {
      await ask('profile');
      await act();
      const told = await ask('profiled');
      if (!('profiled' in told)) throw new Error(`${file} did not answer with its profile`);
      return told.profiled;
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
