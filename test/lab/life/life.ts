/** Months in the life of a deployment: deploys, rollbacks, emptied and full stores, shops that leave and return. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Built } from '../chaos/build.ts';
import { type Account, countBooks } from '../chaos/count.ts';
import type { Fleet } from '../chaos/fleet.ts';
import type { PlannedInvoice } from '../chaos/plan.ts';
import { DAY_MS, startWorld, type World } from './world.ts';

/** Milliseconds for what follows an event by itself. */
const PATIENCE_MS = 10_000;

/** Of the contract: JOB_RETENTION. */
const COMPLETED_DAYS = 7;
const FAILED_DAYS = 30;

/** Usual shops; one that is sometimes disabled, one whose invoices are rejected at first, one that is forgotten and returns. */
const USUAL = [0, 1];
const [OFF, REFUSING, FORGOTTEN] = [2, 3, 4];
const SHOPS = 5;
const EACH = 6;

export interface Life {
  account: Account;
  /** What was wrong at some moment of the run, one line each. */
  problems: string[];
  /** Number of days that have passed. */
  days: number;
  codes: Map<string, number>;
  bugs: string[];
  oddEnds: string[];
  seconds: number;
}

export interface LifeOptions {
  now: Built;
  /** The version that is replaced and rolled back to. Without it there is only one version. */
  before?: Built;
  months: number;
  onProgress(line: string): void;
}

export async function live({ now, before = now, months, onProgress }: LifeOptions): Promise<Life> {
  const startedAt = performance.now();
  // The older version's sandbox: both versions can read it. A newer one may give answers that the older cannot read.
  const world = await startWorld(before, SHOPS, true);
  const story = createStory(world, { now, before });
  const tell = (line: string) =>
    onProgress(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${line}`);
  try {
    for (let month = 1; month <= months; month += 1) {
      for (const [name, chapter] of Object.entries(story.chapters)) {
        tell(`month ${month}: ${name}`);
        await chapter();
      }
    }
    await story.close();
    return {
      account: await countBooks(world.around, { hasReplica: true, clicksAgain: story.refused }),
      problems: story.problems,
      days: story.days(),
      codes: new Map(world.fleets.flatMap(({ codes }) => [...codes])),
      bugs: world.fleets.flatMap(({ bugs }) => bugs),
      oddEnds: world.fleets.flatMap((fleet) => fleet.odd()),
      seconds: (performance.now() - startedAt) / 1_000,
    };
  } finally {
    await world.shutDown();
  }
}

function createStory(world: World, { now, before }: { now: Built; before: Built }) {
  const { around, queue } = world;
  const problems: string[] = [];
  /** How often each invoice was rejected and clicked on again. */
  const refused = new Map<string, number>();
  let last = 0;
  let days = 0;
  let current: Fleet | undefined;

  const invoices = (count: number, shops: readonly number[]): PlannedInvoice[] =>
    Array.from({ length: count }, () => {
      last += 1;
      const shop = shops[last % shops.length] ?? 0;
      const made = { id: `l${last}`, shop, customer: last % 9, knowsNumber: last % 2 === 0 };
      return { ...made, scene: { is: 'any' } };
    });
  const must = (isSo: boolean, problem: string) => {
    if (!isSo) problems.push(`day ${days}: ${problem}`);
  };
  async function send(count: number, shops: readonly number[] = USUAL): Promise<PlannedInvoice[]> {
    const sent = invoices(count, shops);
    await world.click(...sent);
    return sent;
  }
  async function mustEnd(sent: PlannedInvoice[], type: string, code?: string): Promise<void> {
    await world.ended(sent);
    for (const invoice of sent) {
      const event = world.lastEvent(invoice);
      const isSo = event?.type === type && (code === undefined || event.body.code === code);
      const found = event === undefined ? `waits for ${await world.reasonOf(invoice)}` : event.body.code;
      must(isSo, `invoice ${invoice.id} is not ${code ?? type} but ${event?.type ?? ''} ${found ?? ''}`);
    }
  }
  /** A person has removed the cause of the rejection. */
  async function clickRefusedAgain(sent: PlannedInvoice[]): Promise<void> {
    for (const { id } of sent) refused.set(id, (refused.get(id) ?? 0) + 1);
    await world.click(...sent);
    await mustEnd(sent, 'transfer.completed');
  }
  /** Deploys the version to one process, then to all, while invoices are transferred. */
  async function deploy(version: Built): Promise<void> {
    const first = await send(EACH);
    const next = await world.start(version, 2);
    const second = await send(EACH);
    if (current !== undefined) await world.stop(current);
    current = next;
    await mustEnd([...first, ...second, ...(await send(EACH))], 'transfer.completed');
  }
  /** Switched off, it had ended before, waited, or was left to a look: its save may have been on its way. */
  async function endAfterShopIsBack(underWay: PlannedInvoice[]): Promise<void> {
    await world.ended(underWay);
    const [type] = underWay.map((invoice) => world.lastEvent(invoice)?.type);
    if (type === 'transfer.rejected') return clickRefusedAgain(underWay);
    if (type === 'transfer.unresolved') {
      world.expectMore(underWay);
      const said = await Promise.all(underWay.map(world.sayNotCreated));
      // Its order exists: a click looks for it and adopts it.
      if (!said.every(Boolean)) await world.click(...underWay);
    }
    await mustEnd(underWay, 'transfer.completed');
  }
  async function pass(count: number): Promise<void> {
    if (current !== undefined) await world.stop(current);
    await world.pass(count);
    days += count;
    current = await world.start(now, 2);
  }
  /** BullMQ takes old jobs out as another one ends, which is shortly after the event of its end. */
  async function isWithoutJobsOlderThan(state: 'completed' | 'failed', limit: number): Promise<boolean> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const jobs = await queue.getJobs([state]);
      if (jobs.every((job) => Date.now() - Number(job?.finishedOn) <= limit * DAY_MS)) return true;
      if (performance.now() > deadline) return false;
      await wait(100);
    }
  }

  const chapters = {
    'the version before is replaced, rolled back, and replaced for good': async () => {
      if (current === undefined) current = await world.start(before, 2);
      if (before === now) return deploy(now);
      for (const version of [now, before, now]) await deploy(version);
    },
    'a shop is switched off for three days while an invoice of it is under way': async () => {
      const underWay = await send(1, [OFF]);
      await world.disable(OFF);
      const off = await send(2, [OFF]);
      await mustEnd(off, 'transfer.rejected', 'shop.disabled');
      await pass(3);
      await world.setShop(OFF);
      await clickRefusedAgain(off);
      await endAfterShopIsBack(underWay);
    },
    'refused invoices stay for a month, done ones for a week': async () => {
      await world.setShop(REFUSING, { currency: 'SEK' });
      const sent = await send(4, [REFUSING]);
      await mustEnd(sent, 'transfer.rejected', 'invoice.currency_mismatch');
      await pass(COMPLETED_DAYS + 1);
      const failed = await queue.getJobCountByTypes('failed');
      const later = await send(1, [REFUSING]);
      await mustEnd(later, 'transfer.rejected');
      must((await queue.getJobCountByTypes('failed')) > failed, 'failed jobs of a week ago are gone');
      await mustEnd(await send(1), 'transfer.completed');
      must(await isWithoutJobsOlderThan('completed', COMPLETED_DAYS), 'done jobs older than a week stay');
      await pass(FAILED_DAYS);
      const another = await send(1, [REFUSING]);
      await mustEnd(another, 'transfer.rejected');
      must(await isWithoutJobsOlderThan('failed', FAILED_DAYS), 'failed jobs older than a month stay');
      await world.setShop(REFUSING);
      await clickRefusedAgain([...sent, ...later, ...another]);
    },
    'Redis is put back as it was two days ago': async () => {
      const restore = await around.backUpRedis();
      const lost = await send(EACH);
      await mustEnd(lost.slice(0, 3), 'transfer.completed');
      await restore();
      const open = lost.filter((invoice) => world.lastEvent(invoice) === undefined);
      if (open.length > 0) await world.click(...open);
      // A worker that is stopped while it reconnects would take its whole deadline.
      await mustEnd([...lost, ...(await send(2))], 'transfer.completed');
      await pass(2);
      await mustEnd(await send(2), 'transfer.completed');
    },
    'Redis is full for two seconds': async () => {
      const [sent] = await Promise.all([send(EACH), around.fillRedis(2_000)]);
      await mustEnd(sent, 'transfer.completed');
    },
    'its replica takes over, half a second behind': async () => {
      const sent = await send(EACH);
      await around.failOverRedis(500);
      await mustEnd([...sent, ...(await send(2))], 'transfer.completed');
    },
    'a shop is forgotten and comes back': async () => {
      const sent = await send(2, [FORGOTTEN]);
      await mustEnd(sent, 'transfer.completed');
      await world.disable(FORGOTTEN);
      await pass(1);
      await world.forget(FORGOTTEN);
      await pass(30);
      await world.setShop(FORGOTTEN);
      // The same click again is answered from the record; a new invoice finds the old customer.
      await around.sharefox.click(sent[0] as PlannedInvoice);
      await mustEnd(await send(2, [FORGOTTEN]), 'transfer.completed');
    },
  };
  return {
    chapters,
    problems,
    refused,
    days: () => days,
    async close() {
      if (current !== undefined) await world.stop(current);
    },
  };
}
