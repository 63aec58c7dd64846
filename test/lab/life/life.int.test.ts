/** The short form of `npm run life`: one month of one version. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Built, build } from '../chaos/build.ts';
import { type Life, live } from './life.ts';
import { faultsOf } from './report.ts';

/** A run takes half a minute, mostly waiting for settles and leases. The limit is only a safeguard. */
const PATIENCE_MS = 10 * 60_000;

let built: Built;
let life: Life;
beforeAll(async () => {
  built = build();
  life = await live({ now: built, months: 1, onProgress: () => undefined });
}, PATIENCE_MS);
afterAll(() => built.remove());

test('every invoice that was acknowledged has exactly one order and one event of its end', () => {
  expect(life.account.invoices).toBeGreaterThan(40);
  expect(life.account.transferred).toBe(life.account.invoices);
});

test('over a month nothing was lost, doubled, told twice or kept for too short or too long', () => {
  expect(life.days).toBeGreaterThan(70);
  const none = Object.fromEntries(Object.keys(faultsOf(life)).map((name) => [name, []]));
  expect(faultsOf(life)).toEqual(none);
});
