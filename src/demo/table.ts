/** The demo's table: one row for each invoice, from the store and the books. */
import { ERROR_CATALOGUE, type Owner } from '../contract/errors.ts';
import type { StatusResult, TransferResult } from '../contract/results.ts';
import type { InvoiceFinding } from './findings.ts';

export interface Row {
  invoice: string;
  /** The outcome, or the error's code. A code runs on through `order` and `customer`, which are empty then. */
  outcome: string;
  order: string;
  customer: string;
  total: string;
  status: string;
}

export interface RowGroup {
  title: string;
  rows: Row[];
}

const HEAD: Row = {
  invoice: 'invoice',
  outcome: 'outcome',
  order: 'order',
  customer: 'customer',
  total: 'total',
  status: 'status',
};

const CUSTOMER: Record<TransferResult['customer'], string> = {
  created: 'new',
  updated: 'updated',
  unchanged: 'known',
};

const STATUS: Record<StatusResult['detail'], string> = {
  paid: 'paid',
  invoiced: 'invoiced',
  order_not_invoiced: 'not invoiced',
  order_missing: 'order missing',
  merged: 'merged',
};

const OWNER: Record<Owner, string> = {
  shop: 'up to the shop',
  support: 'up to Support',
  ops: 'up to ops',
  nobody: '',
};

export function rowOf({ sample, record, order, customerName, status }: InvoiceFinding): Row {
  const row = { ...HEAD, invoice: sample.input.invoice.id, order: '', customer: '', total: '', status: '' };
  if (record === undefined) return { ...row, outcome: 'no record' };
  if (record.code !== undefined) {
    return { ...row, outcome: record.code, status: OWNER[ERROR_CATALOGUE[record.code].owner] };
  }
  const how = record.result === undefined ? '' : ` (${CUSTOMER[record.result.customer]})`;
  return {
    ...row,
    outcome: record.result?.outcome ?? record.state,
    order: String(record.orderId ?? ''),
    customer: customerName === undefined ? 'no such order' : `${customerName}${how}`,
    total: order?.totalIncVat ?? '',
    status: status === undefined ? 'not checked' : STATUS[status.detail],
  };
}

const GAP = '  ';

/** Aligned lines: a head, then each group under its title. Numbers are aligned to the right. */
export function formatTable(groups: readonly RowGroup[]): string[] {
  const rows = groups.flatMap((group) => group.rows);
  const isCode = (row: Row) => row.order === '' && row.customer === '';
  const widest = (cells: string[]) => Math.max(...cells.map((cell) => cell.length));
  const column = (name: keyof Row) => widest([HEAD, ...rows].map((row) => row[name]));
  const invoice = column('invoice');
  const order = column('order');
  const total = column('total');
  const outcome = widest([HEAD, ...rows.filter((row) => !isCode(row))].map((row) => row.outcome));
  const beside = outcome + order + 2 * GAP.length;
  const code = Math.max(0, ...rows.filter(isCode).map((row) => row.outcome.length));
  const customer = Math.max(column('customer'), code - beside);

  const line = (row: Row): string => {
    const middle = isCode(row)
      ? [row.outcome.padEnd(beside + customer)]
      : [row.outcome.padEnd(outcome), row.order.padStart(order), row.customer.padEnd(customer)];
    return [row.invoice.padEnd(invoice), ...middle, row.total.padStart(total), row.status]
      .join(GAP)
      .trimEnd();
  };
  const head = line(HEAD);
  return [
    head,
    '-'.repeat(Math.max(head.length, ...rows.map((row) => line(row).length))),
    ...groups.flatMap((group) => [group.title, ...group.rows.map(line)]),
  ];
}
