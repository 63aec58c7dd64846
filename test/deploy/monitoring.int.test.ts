/** Alert rules and dashboard against a running product: every series named is one that it exports. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readDocument } from '../docs/markdown.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; runbook_url: string };
}
interface Panel {
  id: number;
  type: string;
  title: string;
  datasource?: { uid: string };
  targets?: { expr: string }[];
}

const rules: Rule[] = parse(readDocument('docs/monitoring/alerts.yml')).groups.flatMap(
  (group: { rules: Rule[] }) => group.rules,
);
const dashboard: { panels: Panel[] } = JSON.parse(readDocument('docs/monitoring/dashboard.json'));
const charts = dashboard.panels.filter(({ type }) => type !== 'row');

let product: Product;
/** Each series' name, with its labels' names and values. */
let exported: Map<string, Map<string, Set<string>>>;

beforeAll(async () => {
  product = await startProduct();
  await product.connectShop();
  await product.send(anInvoiceInput());
  await product.send(anInvoiceInput({ invoice: { id: 'refused', currency: 'EUR' } }));
  const requestedAt = '2021-01-20T08:00:00Z';
  const { shopId, invoice } = anInvoiceInput();
  await product.check({ schemaVersion: 1, shopId, requestId: 'c', requestedAt, invoiceId: invoice.id });
  exported = seriesOf(await (await fetch(`${product.app.opsUrl}/metrics`)).text());
});
afterAll(() => product.stop());

function seriesOf(text: string): typeof exported {
  const all: typeof exported = new Map();
  // A counter that has counted nothing yet has a type and no series.
  for (const [, name = ''] of text.matchAll(/^# TYPE (\S+)/gm)) all.set(name, new Map());
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z_0-9]+)(?:\{(.*)\})? \S+$/gm)) {
    const known = all.get(name) ?? new Map<string, Set<string>>();
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      known.set(label, (known.get(label) ?? new Set()).add(value));
    }
    all.set(name, known);
  }
  return all;
}

const named = (expr: string) => expr.match(/\b(sharefox|nodejs|process)_\w+/g) ?? [];
const exprs = [
  ...rules.map(({ expr }) => expr),
  ...charts.flatMap(({ targets = [] }) => targets.map((one) => one.expr)),
];

test('every series of the rules and the dashboard is exported', () => {
  const names = [...new Set(exprs.flatMap(named))];
  expect(names.length).toBeGreaterThan(12);
  expect(names.filter((name) => !exported.has(name))).toEqual([]);
});

test('every series of ours is on the dashboard', () => {
  const ours = [...exported.keys()].filter((name) => name.startsWith('sharefox_'));
  const shown = charts.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => named(expr)));
  const families = new Set(shown.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
  expect(ours.filter((name) => !families.has(name.replace(/_(bucket|sum|count)$/, '')))).toEqual([]);
});

test('every label asked for is there, with that value where the value is always there', () => {
  const asked = exprs.flatMap((expr) =>
    [...expr.matchAll(/\b(sharefox_\w+)\{(\w+)(=~?|!=)"([^"]*)"\}/g)].map(([, name, label, how, value]) => ({
      name: name ?? '',
      label: label ?? '',
      values: how?.startsWith('=') === true ? (value ?? '').split('|') : [],
    })),
  );
  expect(asked.length).toBeGreaterThan(8);
  for (const { name, label, values } of asked) {
    const found = exported.get(name)?.get(label);
    expect(found, `${name} ${label}`).toBeDefined();
    for (const value of values) expect(found, `${name} ${label}`).toContain(value);
  }
});

test('every label a series is summed or named by is one of its own', () => {
  const grouped = exprs.flatMap((expr) =>
    [...expr.matchAll(/by \(([\w, ]+)\) \((?:\w+\()?(sharefox_\w+)/g)].map(([, labels, name]) => ({
      labels: (labels ?? '').split(', '),
      name: name ?? '',
    })),
  );
  expect(grouped.length).toBeGreaterThan(10);
  for (const { labels, name } of grouped) {
    for (const label of labels) expect([...(exported.get(name)?.keys() ?? [])], name).toContain(label);
  }
});

test('every alert has a chapter in the page for ops, and every chapter its alert', () => {
  const page = readDocument('docs/ops.md');
  const chapters = [...page.matchAll(/^### (Sharefox\w+)$/gm)].map(([, name]) => name);
  expect(chapters.toSorted()).toEqual(rules.map(({ alert }) => alert).sort());
  for (const { alert, annotations } of rules) {
    expect(annotations.runbook_url).toBe(`docs/ops.md#${alert.toLowerCase()}`);
  }
});

test('every alert is told apart, is weighed and says what is the matter', () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { labels, annotations } of rules) {
    expect(['warning', 'critical']).toContain(labels.severity);
    expect(annotations.summary.length).toBeGreaterThan(20);
  }
});

test('the dashboard asks the data source that compose provides, and no panel stands twice', () => {
  const { datasources } = parse(readDocument('docs/monitoring/grafana-datasource.yml'));
  for (const { datasource } of charts) expect(datasource?.uid).toBe(datasources[0].uid);
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
});
