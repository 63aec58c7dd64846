/** The real worker process, `workers/main.ts`: a test can signal it, kill it and read its log. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** For tests that start processes: on a busy machine each takes long to start. */
export const PATIENCE_MS = 150_000;

export interface LogLine {
  level: string;
  msg: string;
  [field: string]: unknown;
}

export interface WorkerProcess {
  pid: number;
  /** Lines of standard output, in order. */
  lines: LogLine[];
  stderr: string[];
  /** Resolves with the first line that says `msg`, earlier ones included. Rejects if the process ends first. */
  said(msg: string): Promise<LogLine>;
  /** Address of health and metrics. */
  opsUrl(): Promise<string>;
  /** Resolves once the process takes jobs. */
  working(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  /** Sends SIGKILL if the process still runs. */
  kill(): Promise<void>;
}

/** Start a worker process with this environment. Of ours it gets only the PATH. */
export function startWorkerProcess(env: NodeJS.ProcessEnv): WorkerProcess {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', 'workers/main.ts'], {
    cwd: new URL('../..', import.meta.url),
    env: { PATH: process.env.PATH, LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid, stdout, stderr: errors } = child;
  if (pid === undefined || stdout === null || errors === null) throw new Error('no process was started');
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);

  const lines: LogLine[] = [];
  const stderr: string[] = [];
  let waiting: { msg: string; resolve(line: LogLine): void; reject(error: Error): void }[] = [];
  createInterface({ input: stdout }).on('line', (text) => {
    const line = readLine(text);
    lines.push(line);
    for (const each of waiting.filter(({ msg }) => msg === line.msg)) each.resolve(line);
    waiting = waiting.filter(({ msg }) => msg !== line.msg);
  });
  createInterface({ input: errors }).on('line', (text) => stderr.push(text));

  // 'close' comes after all output has been read.
  const ended = once(child, 'close').then(([code, signal]) => {
    process.removeListener('exit', killWithUs);
    for (const { msg, reject } of waiting) reject(new Error(`ended with ${code ?? signal} before "${msg}"`));
    waiting = [];
    return (code ?? signal) as number | NodeJS.Signals;
  });

  const said = (msg: string) =>
    new Promise<LogLine>((resolve, reject) => {
      const known = lines.find((line) => line.msg === msg);
      if (known !== undefined) return resolve(known);
      if (child.exitCode !== null) return reject(new Error(`ended with ${child.exitCode} before "${msg}"`));
      waiting.push({ msg, resolve, reject });
    });

  return {
    pid,
    lines,
    stderr,
    said,
    opsUrl: async () => String((await said('ops server listens')).opsUrl),
    working: async () => {
      await said('workers take jobs');
    },
    signal: (name) => {
      child.kill(name);
    },
    ended,
    async kill() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

function readLine(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { level: 'none', msg: text };
  }
}
