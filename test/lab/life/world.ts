/** What a long life adds to the chaos run's surroundings: several versions side by side, and days that pass. */
import { setTimeout as wait } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { resolveInvoice } from '../../../src/cli/decide.ts';
import { forgetShop } from '../../../src/cli/forget.ts';
import { disableShop } from '../../../src/cli/shop.ts';
import { INVOICE_TRANSFER } from '../../../src/contract/jobs.ts';
import { createLogger } from '../../../src/logger.ts';
import { connectRedis } from '../../../src/store/connection.ts';
import { shiftTimes } from '../../store/support/shift-times.ts';
import { PREFIX } from '../../support/surroundings.ts';
import type { Built } from '../chaos/build.ts';
import { settingsOf, shopIdOf, verifiedOf } from '../chaos/companies.ts';
import { type Fleet, startFleet } from '../chaos/fleet.ts';
import type { PlannedInvoice } from '../chaos/plan.ts';
import type { Event } from '../chaos/sharefox.ts';
import { type Surroundings, startSurroundings } from '../chaos/surroundings.ts';

export const DAY_MS = 86_400_000;
const POLL_MS = 50;
/** Half of the chaos run's: here no process is killed in mid-call. */
const TIMES = { TFSO_TIMEOUT_MS: '2000', TFSO_SETTLE_MS: '2500' };
/** If no invoice ends for so long, the books are counted as they are. */
const STUCK_MS = 90_000;

export interface World {
  around: Surroundings;
  queue: Queue;
  /** Start processes of this version beside those that run. */
  start(version: Built, size: number): Promise<Fleet>;
  stop(fleet: Fleet): Promise<void>;
  /** Nothing runs while days pass. */
  pass(days: number): Promise<void>;
  setShop(shop: number, changes?: { currency?: string }): Promise<void>;
  disable(shop: number): Promise<void>;
  forget(shop: number): Promise<void>;
  /** Click on the invoice, for the first time or again. */
  click(...invoices: PlannedInvoice[]): Promise<void>;
  /** Wait for another event without a click. */
  expectMore(invoices: PlannedInvoice[]): void;
  lastEvent(invoice: PlannedInvoice): Event | undefined;
  /** Resolves once each invoice has one more event than at its last click, or none has ended for a long time. */
  ended(invoices: PlannedInvoice[]): Promise<void>;
  /** The code that an invoice waits for; undefined if there is none. */
  reasonOf(invoice: PlannedInvoice): Promise<string | undefined>;
  /** A person decides an unresolved invoice. @returns false if the decision is refused because an order may exist */
  sayNotCreated(invoice: PlannedInvoice): Promise<boolean>;
  fleets: Fleet[];
  shutDown(): Promise<void>;
}

export async function startWorld(
  sandbox: Pick<Built, 'sandbox'>,
  shops: number,
  hasReplica: boolean,
): Promise<World> {
  const around = await startSurroundings(sandbox, { shops, hasReplica, times: TIMES });
  const { store, sharefox } = around;
  const url = String(around.env.REDIS_URL);
  const connection = connectRedis({ kind: 'single', url }, createLogger({ level: 'silent' }));
  const queue = new Queue(INVOICE_TRANSFER, { connection, prefix: PREFIX });
  queue.on('error', () => undefined);
  const fleets: Fleet[] = [];
  const running = new Set<Fleet>();
  const eventsBefore = new Map<string, number>();
  const out: string[] = [];
  const say = (line: string) => void out.push(line);
  const io = { env: around.env, out: say, err: say, interrupted: () => Promise.resolve() };

  const isAnswered = ({ id }: PlannedInvoice) => sharefox.events(id).length > (eventsBefore.get(id) ?? 0);
  const expectMore = (invoices: PlannedInvoice[]) => {
    for (const { id } of invoices) eventsBefore.set(id, sharefox.events(id).length);
  };
  return {
    around,
    expectMore,
    queue,
    fleets,
    async start(version, size) {
      const fleet = startFleet(version.worker, size, around.env);
      fleets.push(fleet);
      running.add(fleet);
      await fleet.working();
      return fleet;
    },
    async stop(fleet) {
      await fleet.stop();
      running.delete(fleet);
    },
    async pass(days) {
      if (running.size > 0) throw new Error('days pass only where nothing runs');
      await shiftTimes(store.redis as never, PREFIX, days * DAY_MS);
    },
    async setShop(shop, changes = {}) {
      await store.shops.save({ ...settingsOf(shop), ...changes });
      const { accountName } = settingsOf(shop);
      await store.shops.markVerified(shopIdOf(shop), verifiedOf(shop), { accountName });
    },
    async disable(shop) {
      const code = await disableShop(io, shopIdOf(shop));
      if (code !== 0) throw new Error(`shop disable: ${out.join('; ')}`);
    },
    async forget(shop) {
      const code = await forgetShop(io, shopIdOf(shop), { yes: true });
      if (code !== 0) throw new Error(`shop forget: ${out.join('; ')}`);
    },
    async click(...invoices) {
      expectMore(invoices);
      await Promise.all(invoices.map((invoice) => sharefox.click(invoice)));
    },
    lastEvent: ({ id }) => sharefox.events(id).at(-1),
    async ended(invoices) {
      let left = invoices.length;
      let movedAt = performance.now();
      while (left > 0 && performance.now() - movedAt < STUCK_MS) {
        await wait(POLL_MS);
        const open = invoices.filter((invoice) => !isAnswered(invoice)).length;
        if (open < left) movedAt = performance.now();
        left = open;
      }
    },
    async reasonOf({ id, shop }) {
      const record = await store.records.read({ shopId: shopIdOf(shop), invoiceId: id });
      if (record?.waitsFor !== undefined) return record.waitsFor;
      if (record?.code !== undefined) return record.code;
      const { progress } = (record?.jobId === undefined ? undefined : await queue.getJob(record.jobId)) ?? {};
      return (progress as { waitsFor?: string } | undefined)?.waitsFor;
    },
    sayNotCreated: ({ id, shop }) =>
      resolveInvoice(
        io,
        { shopId: shopIdOf(shop), invoiceId: id },
        { notCreated: true, reason: 'looked' },
      ).then(
        () => true,
        () => false,
      ),
    async shutDown() {
      await Promise.all([...running].map((fleet) => fleet.stop()));
      await queue.close();
      connection.disconnect();
      await around.stop();
    },
  };
}
