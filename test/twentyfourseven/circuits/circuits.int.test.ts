import { afterEach, expect, it } from 'vitest';
import { circuitText, parseCircuit } from '../../../src/twentyfourseven/circuits/circuit.ts';
import type { CircuitName } from '../../../src/twentyfourseven/ports.ts';
import { anIntent, anOrder, failureOf, fjord, type Harness, startHarness } from '../support.ts';

let harness: Harness;
afterEach(() => harness.stop());

/** As if its interval were over. */
function makeDue(name: CircuitName): void {
  const state = parseCircuit(harness.circuits.states.get(name));
  if (state === undefined) throw new Error(`${name} is not open`);
  harness.circuits.states.set(name, circuitText({ ...state, nextAtMs: 0 }));
}
const failuresOf = (name: CircuitName) => parseCircuit(harness.circuits.states.get(name))?.failures;
/** A right is believed missing where the whole request is refused for it, never on one entity's word. */
const refuseSaves = (text: string) =>
  harness.sandbox.control.inject({ operation: 'SaveInvoices', effect: { kind: 'soapFault', text } });
const refuseOrder = (message: string) =>
  harness.sandbox.control.inject({
    operation: 'SaveInvoices',
    effect: { kind: 'apiException', withId: false, type: 'Office24Seven.Refused', message },
  });
const saves = async () => (await harness.sandbox.control.counts()).SaveInvoices ?? 0;

it('a right to save that a request finds missing stops saves until a save finds it there', async () => {
  harness = await startHarness();
  const books = harness.adapter.booksOf(fjord);
  const name = 'permission:501:invoice:save';
  const missing = { kind: 'not_now', code: 'service.permission_missing' };
  for (const failures of [1, 2]) {
    await refuseSaves('User does not have permission to save orders');
    expect(await failureOf(books.createOrder(anOrder(), anIntent()))).toMatchObject(missing);
    expect(failuresOf(name)).toBe(failures);
    expect(await failureOf(books.createOrder(anOrder(), anIntent()))).toMatchObject(missing);
    expect(await saves()).toBe(failures);
    makeDue(name);
  }
  expect(await books.findOrdersByMark(1)).toEqual([]);
  expect(await books.createOrder(anOrder(), anIntent())).toBeGreaterThan(0);
  expect(harness.circuits.states.size).toBe(0);
});

it('an order refused for what it says proves that we may save', async () => {
  harness = await startHarness();
  const books = harness.adapter.booksOf(fjord);
  await refuseSaves('User does not have permission to save orders');
  await failureOf(books.createOrder(anOrder(), anIntent()));
  makeDue('permission:501:invoice:save');
  await refuseOrder('The customer is blocked for invoicing');
  expect(await failureOf(books.createOrder(anOrder(), anIntent()))).toMatchObject({ code: 'order.refused' });
  expect(harness.circuits.states.size).toBe(0);
});

it('what nobody can read of an answer leaves the circuit to the next probe', async () => {
  harness = await startHarness();
  const books = harness.adapter.booksOf(fjord);
  await refuseSaves('User does not have permission to save orders');
  await failureOf(books.createOrder(anOrder(), anIntent()));
  makeDue('permission:501:invoice:save');
  await harness.sandbox.control.inject({
    operation: 'SaveInvoices',
    effect: { kind: 'missingMember' },
    when: 'after',
  });
  expect(await failureOf(books.createOrder(anOrder(), anIntent()))).toMatchObject({
    kind: 'outcome_unknown',
  });
  const state = () => parseCircuit(harness.circuits.states.get('permission:501:invoice:save'));
  await expect.poll(() => state()?.probe).toBeUndefined();
  expect(state()?.failures).toBe(1);
  expect(state()?.nextAtMs).toBeGreaterThan(Date.now());
});

it('three resets in a row stop all shops; two do not', async () => {
  harness = await startHarness();
  const books = harness.adapter.booksOf(fjord);
  await books.listCategories();
  await harness.sandbox.control.inject({ operation: 'GetCategories', effect: { kind: 'reset' }, count: 3 });
  for (const open of [0, 0, 1]) {
    expect(await failureOf(books.listCategories())).toMatchObject({
      kind: 'retryable',
      code: 'service.unavailable',
    });
    expect((await harness.adapter.openCircuits()).service).toBe(open);
  }
  expect(await failureOf(books.listCategories())).toMatchObject({
    kind: 'not_now',
    code: 'service.unavailable',
  });
  await harness.adapter.closeCircuits();
  expect(await books.listCategories()).not.toEqual([]);
});
