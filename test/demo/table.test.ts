import { expect, test } from 'vitest';
import { formatTable, type Row, rowOf } from '../../src/demo/table.ts';
import { aFinding } from './builders.ts';

const row = (changes: Partial<Row>): Row => ({
  invoice: '1001-1',
  outcome: 'created',
  order: '1001',
  customer: 'Bygg AS (new)',
  total: '850.00',
  status: 'paid',
  ...changes,
});
const refusal = (code: string): Row =>
  row({ outcome: code, order: '', customer: '', total: '', status: 'up to the shop' });

test('columns are aligned, numbers to the right, and a group stands under its title', () => {
  const lines = formatTable([
    { title: 'Fjord', rows: [row({}), row({ order: '9', total: '10176.80', customer: 'Åsa (updated)' })] },
    { title: 'Berg', rows: [row({ invoice: '2', status: '' })] },
  ]);
  expect(lines).toEqual([
    'invoice  outcome  order  customer          total  status',
    '--------------------------------------------------------',
    'Fjord',
    '1001-1   created   1001  Bygg AS (new)    850.00  paid',
    '1001-1   created      9  Åsa (updated)  10176.80  paid',
    'Berg',
    '2        created   1001  Bygg AS (new)    850.00',
  ]);
});

test("an error's code runs on through empty columns, and moves no other column", () => {
  const lines = formatTable([
    { title: 'Fjord', rows: [row({ customer: 'Bygg' }), refusal('invoice.type_not_transferable')] },
  ]);
  expect(lines.slice(3)).toEqual([
    '1001-1   created   1001  Bygg           850.00  paid',
    '1001-1   invoice.type_not_transferable          up to the shop',
  ]);
});

test('a transferred invoice shows what the record and the books hold', () => {
  expect(rowOf(aFinding())).toEqual(
    row({ invoice: '1001-1', order: '1001', customer: 'Bygg & Anlegg AS (updated)', total: '8975.00' }),
  );
});

test('an order that is not in the books shows as missing, whatever the record says', () => {
  const missing = aFinding({ order: undefined, customerName: undefined, status: undefined });
  expect(rowOf(missing)).toMatchObject({
    order: '1001',
    customer: 'no such order',
    total: '',
    status: 'not checked',
  });
});

test('a refused invoice shows its code and who must act', () => {
  const record = { ...aFinding().record, state: 'rejected', code: 'invoice.totals_mismatch' } as const;
  const refused = aFinding({ record: record as ReturnType<typeof aFinding>['record'] });
  expect(rowOf(refused)).toMatchObject({
    outcome: 'invoice.totals_mismatch',
    order: '',
    status: 'up to Support',
  });
});

test('an invoice without a record says so', () => {
  expect(rowOf(aFinding({ record: undefined }))).toMatchObject({ outcome: 'no record', order: '' });
});
