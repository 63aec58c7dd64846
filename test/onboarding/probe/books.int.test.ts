/** What a probe that may write leaves behind: what it lists, once, whatever stopped it in between. */
import { expect, it } from 'vitest';
import { MOST_REQUESTS } from '../../../src/onboarding/probe/run.ts';
import type { SandboxBooks } from '../../../src/sandbox/books.ts';
import { type ProbeWorld, startProbe } from './world.ts';

const KINDS = { customer: 'customers', category: 'categories', product: 'products' } as const;

/** Ids that were not there before, by kind, as the report lists them. */
function added(before: SandboxBooks, after: SandboxBooks): string[] {
  const entries = Object.entries(KINDS).flatMap(([kind, list]) => {
    const known = new Set(before[list].map(({ id }) => id));
    return after[list].filter(({ id }) => !known.has(id)).map(({ id, name }) => `${kind} ${id} ${name}`);
  });
  const known = new Set(before.orders.map(({ orderId }) => orderId));
  const orders = after.orders.filter(({ orderId }) => !known.has(orderId));
  return [...entries, ...orders.map(({ orderId, reference }) => `order ${orderId} ${reference}`)].sort();
}

const listed = ({ state }: ProbeWorld) =>
  state.made.map(({ kind, id, name }) => `${kind} ${id} ${name}`).sort();

async function expectOnlyWhatIsListed(world: ProbeWorld, before: SandboxBooks): Promise<void> {
  const after = await world.sandbox.control.books(501);
  expect(added(before, after)).toEqual(listed(world));
  expect(new Set(world.state.made.map(({ key }) => key)).size).toBe(world.state.made.length);
  expect(world.state.made.every(({ name }) => name.startsWith('SF-PROBE-'))).toBe(true);
  const known = new Set(before.orders.map(({ orderId }) => orderId));
  expect(after.orders.filter(({ orderId }) => known.has(orderId))).toEqual(before.orders);
  expect(after.orders.filter(({ orderId, status }) => !known.has(orderId) && status !== 'Draft')).toEqual([]);
  expect(await world.sandbox.control.books(502)).toEqual(expect.objectContaining({ orders: [] }));
}

it('without leave to write nothing is written', async () => {
  const world = await startProbe();
  const before = await world.sandbox.control.books(501);
  await world.run(false);
  expect(await world.sandbox.control.books(501)).toEqual(before);
  expect(Object.keys(await world.sandbox.control.counts()).filter((name) => name.startsWith('Save'))).toEqual(
    [],
  );
  await world.stop();
});

it('all that was made is listed, a Draft, and has SF-PROBE in its name', async () => {
  const world = await startProbe();
  const before = await world.sandbox.control.books(501);
  const { stopped } = await world.run(true);
  expect(stopped).toBeUndefined();
  await expectOnlyWhatIsListed(world, before);
  expect(world.state.made.length).toBeGreaterThan(8);
  await world.stop();
});

it('where a login moves every session, nothing is written into the other company', async () => {
  const world = await startProbe({ identityBelongsTo: 'user' });
  const [before, elsewhere] = [
    await world.sandbox.control.books(501),
    await world.sandbox.control.books(502),
  ];
  const { behaviour } = await world.run(true);
  expect(behaviour.identityBelongsTo).toBe('user');
  await expectOnlyWhatIsListed(world, before);
  expect(await world.sandbox.control.books(502)).toEqual(elsewhere);
  await world.stop();
});

it('where a session is moved behind our back, the save does not follow it', async () => {
  const world = await startProbe();
  const elsewhere = await world.sandbox.control.books(502);
  await world.sandbox.control.inject({
    operation: 'GetInvoices',
    when: 'after',
    effect: { kind: 'wrongIdentity', toClientId: 502 },
    count: 40,
  });
  await world.run(true);
  expect(await world.sandbox.control.books(502)).toEqual(elsewhere);
  await world.stop();
});

const SAVES = ['SaveCompanies', 'SaveCategories', 'SaveProducts', 'SaveInvoices'];
it.each(
  SAVES.flatMap((operation) =>
    ['before', 'after'].flatMap((when) => [0, 6_000].map((delay) => [operation, when, delay] as const)),
  ),
)(
  'a run that %s cut off %s it was done goes on and makes nothing twice (shows after %i ms)',
  async (operation, when, delay) => {
    const world = await startProbe({ visibilityDelayMs: delay });
    const before = await world.sandbox.control.books(501);
    await world.sandbox.control.inject({
      operation,
      when: when as 'before' | 'after',
      effect: { kind: 'reset' },
      count: 1,
    });
    const first = await world.run(true);
    expect(first.stopped).toMatch(/^service\.unavailable/);
    const again = await world.run(true);
    expect(again.stopped).toBeUndefined();
    expect(again.behaviour).toMatchObject({
      taxCodeMeans: 'tax_id',
      lengthLimits: 'refuse',
      omittedDefaults: 'reset',
    });
    await expectOnlyWhatIsListed(world, before);
    await world.stop();
  },
);

it('an empty folder: what an earlier probe made is found, not made again', async () => {
  const world = await startProbe();
  const before = await world.sandbox.control.books(501);
  await world.run(true);
  Object.assign(world.state, { requests: 0, findings: [], made: [], sent: {}, facts: {} });
  await world.run(true);
  await expectOnlyWhatIsListed(world, before);
  await world.stop();
});

it('what was asked is not asked again', async () => {
  const world = await startProbe();
  const { state } = await world.run(true);
  const asked = state.requests;
  await world.run(true);
  expect(state.requests - asked).toBeLessThan(5);
  await world.stop();
});

it('never more than the limit, however often it is run', async () => {
  const world = await startProbe({ visibilityDelayMs: 170_000 });
  for (let run = 0; run < 4; run += 1) {
    world.state.findings = [];
    await world.run(true);
  }
  expect(world.state.requests).toBeLessThanOrEqual(MOST_REQUESTS);
  const counts: Record<string, number> = await world.sandbox.control.counts();
  const total = Object.values(counts).reduce((sum, each) => sum + each, 0);
  expect(total).toBe(world.state.requests);
  await world.stop();
});
