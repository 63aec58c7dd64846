import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';

interface Demo {
  child: ChildProcess;
  /** All output so far. */
  said(): string;
  /** Resolves once the output holds this text. Rejects if the demo ends first. */
  says(text: string): Promise<void>;
  /** The exit code, or the signal's name. */
  ended: Promise<number | string | null>;
}

let running: Demo | undefined;

const startDemo = (...args: string[]) => startScript('demo', ...args);

/** Starts it in a process group of its own, as a terminal does. */
function startScript(script: string, ...args: string[]): Demo {
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], { detached: true });
  let output = '';
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string | null);
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    output += text;
  });
  child.stderr.on('data', (text: string) => {
    output += text.replace(/^npm warn .*\n/gm, '');
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!output.includes(text)) return;
        child.stdout.off('data', look);
        resolve();
      };
      child.stdout.on('data', look);
      look();
      void ended.then(() => reject(new Error(`the demo ended: ${output}`)));
    });
  running = { child, said: () => output, says, ended };
  return running;
}

function signalGroup({ child }: Demo, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

/** On a busy machine the demo takes many times as long as on an idle one. */
vi.setConfig({ testTimeout: 180_000 });

/** If a test failed half-way, the demo must still stop its Redis. */
afterEach(async () => {
  if (running !== undefined && signalGroup(running, 'SIGTERM')) await running.ended;
  running = undefined;
});

const portOf = (text: string, what: RegExp) => Number(what.exec(text)?.[1]);

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

const redisPort = (text: string) => portOf(text, /redis:\/\/127\.0\.0\.1:(\d+)/);
const sandboxPort = (text: string) => portOf(text, /http:\/\/127\.0\.0\.1:(\d+)/);

/** Nothing listens, no process of its group runs, and Redis' directory is gone. */
async function expectNothingLeft(demo: Demo, directories: string[]): Promise<void> {
  expect(redisPort(demo.said())).toBeGreaterThan(0);
  expect(await isListening(redisPort(demo.said()))).toBe(false);
  expect(await isListening(sandboxPort(demo.said()))).toBe(false);
  // tsx's helper process may end a moment after the process it served.
  await vi.waitFor(() => expect(signalGroup(demo, 0)).toBe(false), { timeout: 10_000 });
  for (const directory of directories) expect(await redisDirectories()).not.toContain(directory);
}

/** Other Redis servers may run on this machine at the same time. */
async function redisDirectories(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('sharefox-24seven-redis-'));
}

/** The directory that the server on this port writes to. */
async function directoryOf(demo: Demo): Promise<string[]> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(redisPort(demo.said()), '127.0.0.1');
  const [, directory = ''] = (await redis.config('GET', 'dir')) as string[];
  redis.disconnect();
  return [directory.split('/').at(-1) ?? ''];
}

/** Rows of the table, without the order ids: those depend on which job comes first. */
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => /^[12]00\d-1 /.test(line))
    .map((line) => line.trim().split(/ {2,}/))
    .map(([invoice, ...cells]) => [invoice, ...cells.filter((cell) => !/^\d{4}$/.test(cell))]);

test('the demo transfers, refuses and checks the samples as promised, says so, and leaves nothing', async () => {
  const demo = startDemo();
  await demo.says('clicks on "Send invoice"');
  const directory = await directoryOf(demo);
  expect(await demo.ended).toBe(0);
  const text = demo.said();
  // Either of two new invoices may create their customer. And on a very busy machine an answer may come too
  // late; then the order is adopted.
  const settled = text
    .replaceAll(/(Nordlys Event AS) \((new|known)\)/g, '$1')
    .replaceAll('adopted', 'created');
  const rows = rowsOf(settled);
  expect(rows).toEqual([
    ['1001-1', 'created', 'Bygg & Anlegg AS (updated)', '8975.00', 'paid'],
    ['1002-1', 'created', 'Kari Nordmann (updated)', '4990.00', 'invoiced'],
    ['1003-1', 'created', 'Lofoten Rorbuer AS (new)', '10176.80', 'not invoiced'],
    ['1004-1', 'created', 'Åsa Lindström (new)', '1396.50', 'not invoiced'],
    ['1005-1', 'created', 'Ole Bråten (new)', '850.00', 'not invoiced'],
    ['1006-1', 'invoice.type_not_transferable', 'up to the shop'],
    ['1007-1', 'vat.not_found', 'up to the shop'],
    ['1008-1', 'created', 'Sjøgata Velforening (new)', '9507.50', 'not invoiced'],
    ['2001-1', 'created', 'Dal Entreprenør AS (updated)', '31636.31', 'invoiced'],
    ['2002-1', 'created', 'Kari Nordmann (updated)', '1190.00', 'not invoiced'],
    ['2003-1', 'created', 'Nordlys Event AS', '4781.25', 'paid'],
    ['2004-1', 'created', 'Nordlys Event AS', '3003.75', 'not invoiced'],
    ['2005-1', 'invoice.totals_mismatch', 'up to Support'],
    ['2006-1', 'customer.ambiguous', 'up to the shop'],
  ]);
  expect(text).not.toContain('FAIL');
  expect(text.match(/^ok {4}/gm)).toHaveLength(8);
  expect(text).toMatch(/^\d+ of 7,200 API requests an hour: \d+ to connect/m);
  // Only the demo's own lines are printed, and each fits a terminal.
  expect(text.split('\n').length).toBeLessThan(60);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  await expectNothingLeft(demo, directory);
});

test('Ctrl-C in the middle of the work stops the demo cleanly', async () => {
  const demo = startDemo();
  await demo.says('clicks on "Send invoice"');
  const directory = await directoryOf(demo);
  signalGroup(demo, 'SIGINT');
  // npm ends by the same signal; a shell would see 130.
  expect([130, 'SIGINT']).toContain(await demo.ended);
  expect(demo.said()).toContain('Stopped; nothing is left of it.');
  await expectNothingLeft(demo, directory);
});

test('with --keep the board answers to its login until Ctrl-C', async () => {
  const demo = startDemo('--keep');
  await demo.says('/_control/counts');
  const directory = await directoryOf(demo);
  const [, board = ''] = /(http:\S+\/board) /.exec(demo.said()) ?? [];
  const login = `Basic ${Buffer.from('demo:demo').toString('base64')}`;
  expect((await fetch(board)).status).toBe(401);
  expect((await fetch(board, { headers: { authorization: login } })).status).toBe(200);
  signalGroup(demo, 'SIGINT');
  await demo.ended;
  expect(demo.said()).toContain('Stopped; nothing is left of it.');
  await expectNothingLeft(demo, directory);
});

test('npm run dev: the samples it was asked for are transferred by a worker process, until Ctrl-C', async () => {
  const dev = startScript('dev', '--samples');
  await dev.says('/invoices, login demo');
  const directory = await directoryOf(dev);
  await dev.says('invoice transferred');
  signalGroup(dev, 'SIGINT');
  await dev.ended;
  await expectNothingLeft(dev, directory);
});
