/** What a recorder wrote, played to the adapter again: it reads the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Order } from '../../src/domain/books.ts';
import { startReplay } from '../support/replay.ts';
import { anIntent, anOrder, fjord, startHarness } from './support.ts';

/** What of an order must be the same although every id and name is another. */
const formOf = (orders: Order[]) =>
  orders.map(({ orderStatus, totalIncVat, totalVat, includeVat, rows, paid }) => ({
    ...{ orderStatus, totalIncVat, totalVat, includeVat, paid },
    rows: rows.map(({ price, quantity, discountRate, vatRate, type }) => ({
      ...{ price, quantity, discountRate, vatRate, type },
    })),
  }));

it('an order that was saved, found and read is so again from the recording', async () => {
  const recordDir = mkdtempSync(join(tmpdir(), 'replay-'));
  const live = await startHarness({ recordDir });
  await live.sandbox.control.addProducts(501, [{ name: 'SharefoxRental', categoryId: 1 }]);
  const books = live.adapter.booksOf(fjord);
  const orderId = await books.createOrder(anOrder(), anIntent());
  const found = await books.findOrdersByMark(77_001);
  expect(found.map((order) => order.orderId)).toEqual([orderId]);
  await live.stop();

  const replay = await startReplay(recordDir);
  const text = JSON.stringify(replay.exchanges);
  for (const secret of [
    'Nordmann',
    'sandbox-password',
    'Traktor',
    'SF-1018',
    'faktura@',
    '77001',
    '77_001',
  ]) {
    expect(text).not.toContain(secret);
  }
  // The ids as the recording tells them.
  const bodies = replay.exchanges.map(({ request, answer }) => [
    request.body,
    'body' in answer ? answer.body : '',
  ]);
  const value = (name: string, xml: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
  const identity = bodies.flat().find((body) => body.includes('GetIdentityResult')) ?? '';
  const clientId = /<Client><Id>(\d+)<\/Id>/.exec(identity)?.[1] ?? '';
  const saved = bodies.find(([request]) => request?.includes('SaveInvoices'))?.[0] ?? '';
  const again = await startHarness({ baseUrl: replay.url });
  const replayed = again.adapter.booksOf({ ...fjord, clientId });
  const draft = anOrder({
    externalStatus: Number(value('ExternalStatus', saved)),
    referenceNumber: value('ReferenceNumber', saved),
  });
  const replayedId = await replayed.createOrder(draft, anIntent());
  const orders = await replayed.findOrdersByMark(draft.externalStatus);
  expect(orders.map((order) => order.orderId)).toEqual([replayedId]);
  expect(formOf(orders)).toEqual(formOf(found));
  expect(replay.left()).toEqual([]);
  await again.stop();
  await replay.stop();
  rmSync(recordDir, { recursive: true });
});
