/** Worker processes in slots: one that dies is replaced at once. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Order, Said } from './orders.ts';

/** How often the harness looks whether a point was reached. */
const POLL_MS = 20;

interface Slot {
  child: ChildProcess;
  /** Resolves when it takes jobs. Never rejects. */
  working: Promise<void>;
  isSuspended: boolean;
}

export interface Fleet {
  /** Arm a point in every process, including those started later. */
  arm(order: Order & { do: 'arm' }): void;
  disarm(token: string): void;
  /** SIGKILL the process in a slot, once it takes jobs. */
  kill(slot: number): Promise<void>;
  /** Continue the process that has suspended itself. */
  resumeSuspended(): void;
  skew(slot: number, ms: number): void;
  /** How many processes ended by SIGKILL. */
  killed(): number;
  /** Processes that ended in another way. None should. */
  odd(): string[];
  codes: Map<string, number>;
  bugs: string[];
  /** Resolves when every slot's process takes jobs. */
  working(): Promise<void>;
  stop(): Promise<void>;
}

const isTaken = (token: string) => existsSync(token);

/** Resolves true when the token is taken, false if `isOver` is true first. */
export async function taken(token: string, isOver: () => Promise<boolean> | boolean): Promise<boolean> {
  for (;;) {
    if (isTaken(token)) return true;
    if (await isOver()) return isTaken(token);
    await wait(POLL_MS);
  }
}

export function startFleet(file: string, size: number, env: NodeJS.ProcessEnv): Fleet {
  const armed = new Map<string, Order>();
  const codes = new Map<string, number>();
  const bugs: string[] = [];
  const odd: string[] = [];
  let kills = 0;
  let isStopping = false;
  const slots: Slot[] = Array.from({ length: size }, (_, index) => start(index));

  function start(index: number): Slot {
    const child = fork(file, [], {
      env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const slot: Slot = { child, isSuspended: false, working: Promise.resolve() };
    slot.working = new Promise((resolve) => {
      child.on('message', (said: Said) => {
        if (said.said === 'working') resolve();
        else if (said.said === 'bug') bugs.push(`${said.message}: ${said.error}`);
        else codes.set(said.code, (codes.get(said.code) ?? 0) + 1);
      });
      child.once('exit', () => resolve());
    });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') kills += 1;
      else if (!(isStopping && code === 0)) odd.push(`ended with ${code ?? signal}: ${stderr.slice(-500)}`);
      if (!isStopping) slots[index] = start(index);
    });
    for (const order of armed.values()) tell(child, order);
    return slot;
  }

  // A process that is being killed takes no messages any more.
  const tell = (child: ChildProcess, order: Order) => child.connected && child.send(order, () => undefined);
  const killAll = () => {
    for (const { child } of slots) child.kill('SIGKILL');
  };
  process.once('exit', killAll);

  return {
    codes,
    bugs,
    arm(order) {
      armed.set(order.token, order);
      for (const { child } of slots) tell(child, order);
    },
    disarm(token) {
      armed.delete(token);
      for (const { child } of slots) tell(child, { do: 'disarm', token });
    },
    async kill(index) {
      const slot = slots[index % size];
      await slot?.working;
      if (slot === undefined || slot.child.signalCode !== null) return this.kill(index + 1);
      slot.child.kill('SIGKILL');
      await once(slot.child, 'exit');
    },
    resumeSuspended() {
      for (const { child } of slots) child.kill('SIGCONT');
    },
    skew(index, ms) {
      const slot = slots[index % size];
      if (slot !== undefined) tell(slot.child, { do: 'skew', ms });
    },
    killed: () => kills,
    odd: () => odd,
    async working() {
      await Promise.all(slots.map((slot) => slot.working));
    },
    async stop() {
      isStopping = true;
      process.removeListener('exit', killAll);
      await Promise.all(
        slots.map(async ({ child }) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const exited = once(child, 'exit');
          child.kill('SIGTERM');
          const late = setTimeout(() => child.kill('SIGKILL'), 30_000);
          await exited;
          clearTimeout(late);
        }),
      );
    },
  };
}
