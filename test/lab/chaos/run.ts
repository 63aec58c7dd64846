/** Carries out a plan: adds the invoices of each round, and strikes its blow while they are transferred. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Built } from './build.ts';
import { type Account, countBooks } from './count.ts';
import { type Fleet, startFleet, taken } from './fleet.ts';
import { ODDS_AT_10_PERCENT } from './odds.ts';
import {
  type BlowKind,
  moreInvoices,
  type Plan,
  type PlannedInvoice,
  type Round,
  SPARE_SHOPS,
} from './plan.ts';
import type { Point } from './points.ts';
import { LEASE_MS, type Surroundings, startSurroundings } from './surroundings.ts';

const WORKERS = 4;
/** How many blows may be pending at once. */
const LANES = 4;
/** How many invoices may be under way at once. */
const MOST_OPEN = 120;
const POLL_MS = 50;
/** How many invoices beyond the plan are sent for a point that no process reached. */
const RETRIES = 4;
/** If no invoice ends for so long, the books are counted as they are. A job that failed often waits up to 10 minutes. */
const STUCK_MS = 12 * 60_000;

export interface Outcome {
  account: Account;
  blows: Map<BlowKind, number>;
  /** How often a process died or slept at each point. */
  points: Map<string, number>;
  killed: number;
  clickedAgain: number;
  requests: number;
  codes: Map<string, number>;
  bugs: string[];
  oddEnds: string[];
  seconds: number;
}

export interface RunOptions {
  plan: Plan;
  built: Built;
  /** Each call fails with a chance of one in ten. */
  faults: boolean;
  onProgress(line: string): void;
}

export async function run({ plan, built, faults, onProgress }: RunOptions): Promise<Outcome> {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1_000;
  const tell = (line: string) => onProgress(`${seconds().toFixed(0).padStart(4)} s  ${line}`);
  const around = await startSurroundings(built, {
    shops: plan.shops + SPARE_SHOPS,
    hasReplica: plan.hasReplica,
  });
  const fleet = startFleet(built.worker, WORKERS, around.env);
  try {
    if (faults) for (const fault of ODDS_AT_10_PERCENT) await around.control.inject(fault);
    const told = await strikeAll(plan, around, fleet, tell);
    // Two kills that hit one process count once.
    for (let slot = 0; fleet.killed() < plan.kills; slot += 1) await fleet.kill(slot);
    await untilAllHaveEnded(around, tell);
    await fleet.working();
    await fleet.stop();
    const counts = await around.control.counts();
    return {
      ...told,
      account: await countBooks(around, plan),
      killed: fleet.killed(),
      requests: Object.values(counts).reduce((sum, count) => sum + count, 0),
      codes: fleet.codes,
      bugs: fleet.bugs,
      oddEnds: fleet.odd(),
      seconds: seconds(),
    };
  } finally {
    await fleet.stop();
    await around.stop();
  }
}

async function strikeAll(
  plan: Plan,
  around: Surroundings,
  fleet: Fleet,
  onProgress: RunOptions['onProgress'],
): Promise<Pick<Outcome, 'blows' | 'points' | 'clickedAgain'>> {
  const blows = new Map<BlowKind, number>();
  const points = new Map<string, number>();
  let clickedAgain = 0;
  const { sharefox, control } = around;
  const oneMore = moreInvoices(plan);
  const count = <K>(map: Map<K, number>, key: K) => map.set(key, (map.get(key) ?? 0) + 1);

  async function clickAll(invoices: PlannedInvoice[]): Promise<string[]> {
    while (sharefox.open().length > MOST_OPEN) await wait(POLL_MS);
    return Promise.all(
      invoices.map(async (invoice) => {
        const { scene, id } = invoice;
        if (scene.is === 'fault') {
          const { effect, when } = scene;
          await control.inject({ operation: 'SaveInvoices', effect, when, bodyIncludes: `SF-${id}-` });
        }
        return sharefox.click(invoice);
      }),
    );
  }

  /** @returns whether a process reached the point before all of these jobs were over */
  async function isReached(
    { name, scene }: Point,
    signal: 'SIGKILL' | 'SIGSTOP',
    invoices: PlannedInvoice[],
  ) {
    const token = around.token();
    const [own] = invoices;
    if (scene.is === 'second click' && own !== undefined) {
      await sharefox.click(own);
      while (!sharefox.hasEnded(own)) await wait(POLL_MS);
    }
    fleet.arm({ do: 'arm', point: name, token, signal });
    const jobs = await clickAll(invoices);
    const isOver = async () =>
      invoices.every((invoice) => sharefox.hasEnded(invoice)) &&
      (await Promise.all(jobs.map((job) => sharefox.isOver(job)))).every(Boolean);
    const reached = await taken(token, isOver);
    fleet.disarm(token);
    return reached;
  }

  /** Another blow may have hit the invoice that should have reached the point. Then one more is sent. */
  async function strikeAt(point: Point, signal: 'SIGKILL' | 'SIGSTOP', invoices: PlannedInvoice[]) {
    let batch = invoices;
    for (let retry = 0; retry <= RETRIES; retry += 1) {
      if (await isReached(point, signal, batch)) {
        count(points, point.name);
        return true;
      }
      batch = invoices.slice(0, 1).map((own) => oneMore(own));
    }
    return false;
  }

  async function strike({ blow, invoices }: Round, index: number): Promise<BlowKind> {
    switch (blow.kind) {
      case 'killed at a point': {
        if (await strikeAt(blow.point, 'SIGKILL', invoices)) return blow.kind;
        onProgress(`nobody came to "${blow.point.name}"; a process is killed at random instead`);
        await fleet.kill(index);
        return 'killed at random';
      }
      case 'suspended': {
        if (!(await strikeAt(blow.point, 'SIGSTOP', invoices))) return blow.kind;
        await wait(LEASE_MS * 1.2);
        fleet.resumeSuspended();
        return blow.kind;
      }
      case 'killed at random':
        await clickAll(invoices);
        await wait(blow.afterMs);
        await fleet.kill(blow.slot);
        return blow.kind;
      case 'redis killed':
        await clickAll(invoices);
        await wait(blow.afterMs);
        await around.killRedis(blow.downMs);
        return blow.kind;
      case 'redis emptied':
        await clickAll(invoices);
        await wait(blow.afterMs);
        await around.emptyRedis();
        clickedAgain += await sharefox.clickOpenAgain();
        return blow.kind;
      case 'redis full':
        await clickAll(invoices);
        await wait(blow.afterMs);
        await around.fillRedis(blow.fullMs);
        return blow.kind;
      case 'redis failed over':
        await clickAll(invoices);
        await wait(blow.afterMs);
        await around.failOverRedis(blow.cutMs);
        return blow.kind;
      case 'clock jumped':
        await clickAll(invoices);
        fleet.skew(blow.slot, blow.byMs);
        return blow.kind;
    }
  }

  const rounds = plan.rounds.entries();
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (const [index, round] of rounds) {
        count(blows, await strike(round, index));
        if ((index + 1) % 25 === 0) {
          const open = sharefox.open().length;
          onProgress(
            `${index + 1} of ${plan.rounds.length} blows, ${fleet.killed()} processes killed, ${open} invoices open`,
          );
        }
      }
    }),
  );
  return { blows, points, clickedAgain };
}

async function untilAllHaveEnded({ sharefox }: Surroundings, onProgress: (line: string) => void) {
  let left = sharefox.open().length;
  let movedAt = performance.now();
  onProgress(`all blows have fallen, ${left} invoices are on their way`);
  while (left > 0 && performance.now() - movedAt < STUCK_MS) {
    await wait(POLL_MS);
    const now = sharefox.open().length;
    if (now < left) movedAt = performance.now();
    left = now;
  }
}
