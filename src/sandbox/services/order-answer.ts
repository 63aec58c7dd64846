import { Decimal } from 'decimal.js';
import { type Entity, entity, int, text, type Value } from '../schema/value.ts';
import { type Company, minuteStamp, type StoredOrder, type TaxCode, type World } from '../state.ts';
import { type OrderTotals, orderTotals } from '../totals.ts';

/** VAT comes from the row's tax code. The VatRate that a request sends is ignored. */
function vatPercent(world: World, company: Company, row: Entity): string {
  return rowTaxCode(world, company, row)?.rate ?? world.behaviour.defaultVatPercent;
}

/** The tax code that the row names, by id or by number. */
export function rowTaxCode(world: World, company: Company, row: Entity): TaxCode | undefined {
  const named = int(entity(row, 'TaxSettings') ?? {}, 'TaxCode');
  const byNumber = world.behaviour.taxCodeMeans === 'tax_no';
  return company.taxCodes.find((code) => (byNumber ? Number(code.taxNo) : code.taxId) === named);
}

export function rowAmounts(
  world: World,
  row: Entity,
): { price: string; quantity: string; discountPercent: string } {
  const rate = text(row, 'DiscountRate') ?? '0';
  return {
    price: text(row, 'Price') ?? '0',
    quantity: text(row, 'Quantity') ?? '0',
    discountPercent:
      world.behaviour.discountUnit === 'percent' ? rate : new Decimal(rate).times(100).toFixed(),
  };
}

/** Whether the order's row prices hold the VAT. */
function pricesIncludeVat({ behaviour }: World, includeVat: Value): boolean {
  if (includeVat === true) return behaviour.includeVatTrue === 'inc_vat';
  return (includeVat === false ? behaviour.includeVatFalse : behaviour.includeVatNil) === 'inc_vat';
}

export function totalsOf(world: World, company: Company, order: StoredOrder): OrderTotals {
  const rows = order.rows
    .filter((row) => text(row, 'Type') === 'Normal')
    .map((row) => ({ ...rowAmounts(world, row), vatPercent: vatPercent(world, company, row) }));
  return orderTotals(rows, pricesIncludeVat(world, order.fields.IncludeVAT));
}

export function answerRow(world: World, company: Company, row: Entity): Entity {
  const settings = entity(row, 'TaxSettings');
  const vatRate = vatPercent(world, company, row);
  return {
    ...row,
    VatRate: text(row, 'Type') === 'Normal' ? vatRate : undefined,
    ProductId: int(row, 'ProductId') ?? -1,
    TaxSettings: settings && { ...settings, TaxRate: vatRate },
  };
}

export function answerOrder(world: World, company: Company, order: StoredOrder): Entity {
  if (order.isLiteral) return { OrderId: order.id, ...order.fields };
  const totals = totalsOf(world, company, order);
  return {
    ...order.fields,
    OrderId: order.id,
    DateChanged: minuteStamp(order.changedAt),
    OrderTotalIncVat: new Decimal(totals.incVat).toFixed(2),
    OrderTotalVat: new Decimal(totals.vat).toFixed(2),
    InvoiceRows: order.rows.map((row) => answerRow(world, company, row)),
  };
}
