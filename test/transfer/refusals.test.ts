/** What is refused before anything is asked, and what that does to an invoice under way. */
import { describe, expect, test } from 'vitest';
import { NotYet, Retryable, Terminal } from '../../src/errors.ts';
import { EXPIRES_AFTER_MS } from '../../src/transfer/context.ts';
import { endUnclaimed, refuseUnreadable } from '../../src/transfer/refuse.ts';
import { anInvoiceJob, aShop } from '../support/builders.ts';
import { failureOf, resultOf } from './worker.ts';
import { aClick, aWorld, settleMs, unanswered, type World } from './world.ts';

const job = anInvoiceJob();

describe('refused before anything is asked', () => {
  test.each<[string, () => ReturnType<typeof anInvoiceJob>]>([
    ['invoice.type_not_transferable', () => aClick('request-1', { type: 'printed' })],
    ['invoice.credit_unsupported', () => aClick('request-1', { kind: 'credit', creditsInvoiceId: 'I-0' })],
    ['invoice.currency_mismatch', () => aClick('request-1', { currency: 'SEK' })],
    ['invoice.totals_mismatch', () => aClick('request-1', { totals: { net: '1', vat: '0', gross: '1' } })],
  ])('R2: %s: rejected, with its event, and not one call', async (code, refused) => {
    const world = await aWorld();
    expect(failureOf(await world.worker.run(refused()))).toMatchObject({ kind: 'terminal', code });
    expect(await world.record()).toMatchObject({ state: 'rejected', code });
    expect(world.events()).toEqual(['transfer.rejected']);
    expect(world.company.count('findOrdersByMark')).toBe(0);
    // Delivered again it adds nothing; corrected, it goes through.
    expect(failureOf(await world.worker.run(refused()))).toMatchObject({ code });
    expect(resultOf(await world.worker.run(aClick('request-2'))).outcome).toBe('created');
    expect(world.events()).toEqual(['transfer.rejected', 'transfer.completed']);
  });

  test.each<[string, (world: World) => Promise<unknown>]>([
    ['shop.unknown', async (world) => world.store.wipe()],
    ['shop.disabled', (world) => world.store.shops.disable(world.key.shopId)],
    ['shop.not_verified', (world) => world.store.shops.save(aShop({ accountName: 'Renamed AS' }))],
  ])('%s: rejected, also in quiet time', async (code, change) => {
    const world = await aWorld();
    await change(world);
    world.store.restart();
    expect(failureOf(await world.worker.run(job))).toMatchObject({ kind: 'terminal', code });
    expect(await world.record()).toMatchObject({ state: 'rejected', code });
    expect(world.events()).toEqual(['transfer.rejected']);
  });

  test('a shop switched off while its invoice is under way ends the invoice: an order may stand', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'done');
    await world.worker.run(job);
    await world.store.shops.disable(world.key.shopId);
    expect(failureOf(await world.worker.run(job))).toMatchObject({ code: 'shop.disabled' });
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'shop.disabled' });
    expect(world.events()).toEqual(['transfer.unresolved']);
  });

  test('a shop switched off before its invoice was begun ends it as rejected', async () => {
    const world = await aWorld();
    const dying = world.another({
      crossing: (command, when) => {
        if (command === 'records.claim' && when === 'after') dying.kill();
      },
    });
    void dying.start(job);
    await world.clock.pass(settleMs);
    expect((await world.record()).state).toBe('accepted');
    await world.store.shops.disable(world.key.shopId);
    expect(failureOf(await world.worker.run(job))).toMatchObject({ code: 'shop.disabled' });
    expect(await world.record()).toMatchObject({ state: 'rejected', code: 'shop.disabled' });
    expect(world.events()).toEqual(['transfer.rejected']);
  });

  test("another click's refusal leaves an invoice under way to its own job", async () => {
    const world = await aWorld();
    world.company.fail('createOrder', new Retryable('service.session_lost'));
    await world.worker.run(job);
    expect(failureOf(await world.worker.run(aClick('request-2', { type: 'printed' })))).toMatchObject({
      code: 'invoice.type_not_transferable',
    });
    expect((await world.record()).state).toBe('preparing');
    expect(world.events()).toEqual([]);
    expect(resultOf(await world.worker.run(job)).outcome).toBe('created');
  });

  test('a refused click on a transferred invoice leaves its record and event', async () => {
    const world = await aWorld();
    await world.worker.run(job);
    await world.store.shops.disable(world.key.shopId);
    expect(failureOf(await world.worker.run(aClick('request-2')))).toMatchObject({ code: 'shop.disabled' });
    expect((await world.record()).state).toBe('transferred');
    expect(world.events()).toEqual(['transfer.completed']);
  });

  test('while another worker holds the invoice, its end is left to that one', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'sent');
    const first = world.worker.start(job);
    await gate.reached;
    await world.store.shops.disable(world.key.shopId);
    expect(failureOf(await world.another().run(job))).toMatchObject({ code: 'shop.disabled' });
    gate.open();
    expect(resultOf(await first).outcome).toBe('created');
    expect(world.events()).toEqual(['transfer.completed']);
  });

  test('a stored payload the shop refuses by now ends it without keeping the lease', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'done');
    await world.worker.run(aClick('request-1'));
    await world.clock.pass(settleMs);
    await world.settings({ currency: 'SEK' });
    const click = aClick('request-2', { currency: 'SEK' });
    expect(failureOf(await world.worker.run(click))).toMatchObject({ code: 'invoice.currency_mismatch' });
    expect((await world.record()).state).toBe('unresolved');
    await world.settings({});
    expect(resultOf(await world.worker.run(aClick('request-3')))).toMatchObject({ outcome: 'adopted' });
  });
});

describe('a payload that this version does not understand', () => {
  const unreadable = (requestId: string, world: World) => ({
    ...{ key: world.key, requestId, jobId: 'job-9' },
    data: { ...job, requestId, fromTheFuture: 1 },
  });
  const refuse = (world: World, requestId = job.requestId) =>
    refuseUnreadable(world.store, unreadable(requestId, world), 'fromTheFuture is not a known key').catch(
      (failure: unknown) => failure,
    );
  async function begun(): Promise<World> {
    const world = await aWorld();
    world.company.fail('createOrder', new Retryable('service.session_lost'));
    await world.worker.run(job);
    return world;
  }

  test('is refused for good where no version has begun with it', async () => {
    const world = await aWorld();
    expect(await refuse(world)).toBeInstanceOf(Terminal);
    expect(await world.record()).toMatchObject({ state: 'rejected', code: 'payload.invalid' });
    expect(world.events()).toEqual(['transfer.rejected']);
  });

  test('waits for another version where its invoice is under way, and says so once', async () => {
    const world = await begun();
    expect(await refuse(world)).toBeInstanceOf(NotYet);
    expect(await refuse(world)).toBeInstanceOf(NotYet);
    expect(await world.record()).toMatchObject({ waitsFor: 'payload.invalid', jobId: 'job-9' });
    const waits = (await world.store.records.trail(world.key)).filter(({ step }) => step === 'wait');
    expect(waits).toHaveLength(1);
    expect(resultOf(await world.worker.run(job)).outcome).toBe('created');
  });

  test('ends it after seven days, with its event', async () => {
    const world = await begun();
    await world.clock.pass(EXPIRES_AFTER_MS + 1);
    expect(await refuse(world)).toBeInstanceOf(Terminal);
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'payload.invalid' });
    expect(world.events()).toEqual(['transfer.unresolved']);
  });

  test("of another click leaves the invoice to its own job, and another's end to that one", async () => {
    const world = await begun();
    expect(await refuse(world, 'request-2')).toBeInstanceOf(Terminal);
    expect((await world.record()).state).toBe('preparing');
    await world.worker.run(job);
    expect(await refuse(world)).toBeInstanceOf(Terminal);
    expect(world.events()).toEqual(['transfer.completed']);
  });
});

describe('a job given up', () => {
  const end = { code: 'transfer.expired', message: 'waited for seven days' } as const;
  const named = (world: World) => ({
    ...{ key: world.key, requestId: job.requestId, jobId: 'job-9', data: job },
  });

  test('before its invoice had a record gives it one, with its event', async () => {
    const world = await aWorld();
    expect(await endUnclaimed(world.store, named(world), end)).toBe(true);
    expect(await world.record()).toMatchObject({
      state: 'rejected',
      code: 'transfer.expired',
      jobId: 'job-9',
    });
    expect(world.events()).toEqual(['transfer.rejected']);
  });

  test('is the job by which a rejected invoice is sent again', async () => {
    const world = await aWorld();
    const claim = await world.store.records.claim(world.key, 1, job, 'job-8');
    if (claim.kind === 'claimed') await world.store.records.release(claim.claim);
    expect(await endUnclaimed(world.store, named(world), end)).toBe(true);
    expect(await world.record()).toMatchObject({ state: 'rejected', jobId: 'job-9' });
    expect(await world.record()).not.toHaveProperty('payload');
  });

  test('waits while another worker holds its invoice', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'sent');
    const first = world.worker.start(job);
    await gate.reached;
    expect(await endUnclaimed(world.store, named(world), end)).toBe(false);
    gate.open();
    expect(resultOf(await first).outcome).toBe('created');
  });

  test('that the sweep had brought back under another click ends its invoice, too', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', new Retryable('service.session_lost'));
    await world.worker.run(job);
    await world.store.shops.disable(world.key.shopId);
    const brought = { ...job, requestId: `${job.requestId}~` };
    expect(failureOf(await world.worker.run(brought))).toMatchObject({ code: 'shop.disabled' });
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'shop.disabled' });
  });
});
