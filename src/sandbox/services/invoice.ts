import { invoiceSchema } from '../schema/invoice.ts';
import { type Entity, entities, entity, int, ints, isEntity, text, texts } from '../schema/value.ts';
import { changedAfter, isVisible, parseStamp, type StoredOrder, type World } from '../state.ts';
import {
  type Call,
  chooser,
  fitColumns,
  type Operation,
  refuseManyIds,
  refuseParameter,
  requireSearch,
  saveEach,
} from './call.ts';
import { isInvoiced, saveOrder } from './order.ts';
import { answerOrder } from './order-answer.ts';

const getInvoices: Operation = (call, request) => {
  const { world, company } = call;
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
  const { externalStatusFilter } = world.behaviour;
  if (externalStatus.size > 0 && externalStatusFilter === 'finds_nothing') return [];
  if (externalStatusFilter === 'ignored') externalStatus.clear();

  const includes = (set: ReadonlySet<number>, value: number | undefined) =>
    set.size === 0 || (value !== undefined && set.has(value));
  const candidates =
    orders.size === 0
      ? [...company.orders.values()]
      : [...orders].map((id) => company.orders.get(id)).filter((order) => order !== undefined);
  const now = world.clock();
  const chooseOrder = chooser(call, invoiceSchema, 'InvoiceOrder', request, 'invoiceReturnProperties');
  const chooseRow = chooser(call, invoiceSchema, 'InvoiceRow', request, 'rowReturnProperties');
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
      const rows = whole.InvoiceRows;
      const chosen = Array.isArray(rows) ? rows.map((row) => (isEntity(row) ? chooseRow(row) : row)) : rows;
      return chooseOrder({ ...whole, InvoiceRows: chosen });
    });
};

/** After invoicing only the title and the reference can still change. */
function updateInvoice({ world, company }: Call, sent: Entity): Entity {
  const member = fitColumns(world, invoiceSchema, 'InvoiceOrder', sent);
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

/** The part of a saved order that the save's answer carries. */
function asSaveAnswers({ behaviour }: World, order: Entity): Entity {
  const { saveSums, saveRows, saveMarks } = behaviour;
  const without = (left: boolean, ...names: string[]) =>
    left ? {} : Object.fromEntries(names.map((name) => [name, undefined]));
  return {
    ...order,
    ...without(saveSums, 'OrderTotalIncVat', 'OrderTotalVat'),
    ...without(saveRows, 'InvoiceRows'),
    ...without(saveMarks === 'both' || saveMarks === 'reference', 'ReferenceNumber'),
    ...without(saveMarks === 'both' || saveMarks === 'external_status', 'ExternalStatus'),
  };
}

export const invoiceOperations: Record<string, Operation> = {
  GetInvoices: getInvoices,
  SaveInvoices: (call, request) =>
    saveEach(call, entities(request, 'invoices'), (member) =>
      asSaveAnswers(call.world, saveOrder(call, member)),
    ),
  UpdateInvoices: (call, request) =>
    saveEach(call, entities(request, 'invoices'), (member) => updateInvoice(call, member)),
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
