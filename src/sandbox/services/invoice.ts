import { invoiceSchema } from '../schema/invoice.ts';
import { findOverlong } from '../schema/lengths.ts';
import { type Entity, entities, entity, int, ints, text, texts } from '../schema/value.ts';
import { project } from '../schema/write.ts';
import { changedAfter, isVisible, parseStamp, type StoredOrder } from '../state.ts';
import {
  type Call,
  type Operation,
  refuseManyIds,
  refuseOverlong,
  refuseParameter,
  requireSearch,
  saveEach,
} from './call.ts';
import { answerOrder, isInvoiced, saveOrder } from './order.ts';

const getInvoices: Operation = ({ world, company }, request) => {
  const search = entity(request, 'searchParams') ?? {};
  const lists = ['CustomerIds', 'InvoiceIds', 'OrderIds', 'ExternalStatus'] as const;
  const ids = Object.fromEntries(lists.map((name) => [name, ints(search, name)]));
  for (const list of Object.values(ids)) refuseManyIds(list);
  const states = new Set(texts(search, 'OrderStates'));
  const since = text(search, 'ChangedAfter');
  requireSearch(Object.values(ids).some((list) => list.length > 0) || states.size > 0 || since !== undefined);
  const wanted = (name: (typeof lists)[number]) => new Set(ids[name]);
  const [customers, invoices, orders] = [wanted('CustomerIds'), wanted('InvoiceIds'), wanted('OrderIds')];
  const externalStatus = wanted('ExternalStatus');
  const { externalStatusFilter, answers } = world.behaviour;
  if (externalStatus.size > 0 && externalStatusFilter === 'finds_nothing') return [];
  if (externalStatusFilter === 'ignored') externalStatus.clear();

  const includes = (set: ReadonlySet<number>, value: number | undefined) =>
    set.size === 0 || (value !== undefined && set.has(value));
  const candidates =
    orders.size === 0
      ? [...company.orders.values()]
      : [...orders].map((id) => company.orders.get(id)).filter((order) => order !== undefined);
  const now = world.clock();
  const names = new Set(texts(request, 'invoiceReturnProperties'));
  const rowNames = new Set(texts(request, 'rowReturnProperties'));
  return candidates
    .filter(
      (order) =>
        isVisible(order, now) &&
        includes(customers, int(order.fields, 'CustomerId')) &&
        includes(invoices, int(order.fields, 'InvoiceId')) &&
        includes(externalStatus, int(order.fields, 'ExternalStatus')) &&
        (states.size === 0 || states.has(text(order.fields, 'OrderStatus') ?? '')) &&
        changedAfter(order, since),
    )
    .map((order) => {
      const whole = answerOrder(world, company, order);
      const rows = entities(whole, 'InvoiceRows').map((row) =>
        project(invoiceSchema, 'InvoiceRow', row, rowNames, answers),
      );
      return project(invoiceSchema, 'InvoiceOrder', { ...whole, InvoiceRows: rows }, names, answers);
    });
};

/** After invoicing only the title and the reference can still change. */
function updateInvoice({ world, company }: Call, member: Entity): Entity {
  const overlong = findOverlong(invoiceSchema, 'InvoiceOrder', member);
  if (overlong !== undefined) throw refuseOverlong(overlong);
  const order: StoredOrder | undefined = company.orders.get(int(member, 'OrderId') ?? -1);
  if (order === undefined) throw refuseParameter('Order does not exist');
  if (!isInvoiced(order)) throw refuseParameter('The order is not invoiced');
  order.fields = {
    ...order.fields,
    InvoiceTitle: text(member, 'InvoiceTitle') ?? order.fields.InvoiceTitle,
    ReferenceNumber: text(member, 'ReferenceNumber') ?? order.fields.ReferenceNumber,
  };
  order.changedAt = world.clock();
  return answerOrder(world, company, order);
}

export const invoiceOperations: Record<string, Operation> = {
  GetInvoices: getInvoices,
  SaveInvoices: (call, request) =>
    saveEach(entities(request, 'invoices'), (member) => saveOrder(call, member)),
  UpdateInvoices: (call, request) =>
    saveEach(entities(request, 'invoices'), (member) => updateInvoice(call, member)),
  GetOrderSyncList({ world, company }, request) {
    const parameters = entity(request, 'syncParams') ?? {};
    const registeredAfter = text(parameters, 'RegisteredAfter');
    const now = world.clock();
    return [...company.orders.values()]
      .filter(
        (order) =>
          isVisible(order, now) &&
          changedAfter(order, text(parameters, 'ChangedAfter')) &&
          (registeredAfter === undefined || order.createdAt >= parseStamp(registeredAfter)),
      )
      .map(({ id }) => id);
  },
};
