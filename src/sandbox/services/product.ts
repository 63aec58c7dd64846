import { Decimal } from 'decimal.js';
import { productSchema } from '../schema/product.ts';
import { type Entity, entities, entity, int, ints, text } from '../schema/value.ts';
import { changedAfter, isVisible, minuteStamp, type Stored } from '../state.ts';
import {
  type Call,
  chooser,
  fitColumns,
  matcher,
  merge,
  type Operation,
  refuseManyIds,
  refuseParameter,
  requireSearch,
  saveEach,
  saveStored,
} from './call.ts';

function answerProduct(stored: Stored): Entity {
  return { ...stored.fields, Id: stored.id, DateChanged: minuteStamp(stored.changedAt) };
}

/** Expired products are found too. */
const getProducts: Operation = (call, request) => {
  const { world, company } = call;
  const { productNameSearch, wildcards } = world.behaviour;
  const search = entity(request, 'searchParams') ?? {};
  const ids = ints(search, 'ProductIds');
  refuseManyIds(ids);
  requireSearch(Object.keys(search).some((name) => name !== 'ProductIds' || ids.length > 0));
  const wanted = new Set(ids);
  const id = int(search, 'Id');
  const exact = ['CategoryId', 'No', 'EAN1'].filter((name) => search[name] !== undefined);
  const price = text(search, 'Price');
  const name = text(search, 'Name');
  const matchesName =
    name === undefined ? undefined : matcher(name, productNameSearch, wildcards !== 'nowhere');
  const now = world.clock();
  const choose = chooser(call, productSchema, 'Product', request, 'returnProperties');
  return [...company.products.values()]
    .filter(
      (stored) =>
        isVisible(stored, now) &&
        (id === undefined || stored.id === id) &&
        (wanted.size === 0 || wanted.has(stored.id)) &&
        exact.every((field) => stored.fields[field] === search[field]) &&
        (price === undefined || new Decimal(text(stored.fields, 'Price') ?? 0).equals(price)) &&
        (matchesName === undefined || matchesName(text(stored.fields, 'Name'))) &&
        changedAfter(stored, text(search, 'DateChanged')),
    )
    .map((stored) => choose(answerProduct(stored)));
};

export function saveProduct(call: Call, sent: Entity): Entity {
  const { world, company } = call;
  const member = fitColumns(world, productSchema, 'Product', sent);
  const { Id: _id, APIException: _exception, DateChanged: _changed, ...change } = member;
  const categoryId = int(change, 'CategoryId');
  if (categoryId !== undefined && !company.categories.has(categoryId)) {
    throw refuseParameter('Category does not exist');
  }
  const stored = saveStored(call, 'products', int(member, 'Id'), {
    unknown: 'Product does not exist',
    change: (before) => merge(before, change),
    create: () => {
      if (categoryId === undefined) throw refuseParameter('CategoryId is required');
      if (text(change, 'Name') === undefined) throw refuseParameter('Name is required');
      return merge({ StatusId: 1 }, change);
    },
  });
  return answerProduct(stored);
}

const getCategories: Operation = (call, request) => {
  const { world, company } = call;
  const now = world.clock();
  const choose = chooser(call, productSchema, 'Category', request, 'returnProperties');
  return [...company.categories.values()]
    .filter((stored) => isVisible(stored, now))
    .map(({ id, fields }) => choose({ ...fields, Id: id }));
};

export function saveCategory(call: Call, member: Entity): Entity {
  const { company } = call;
  const { Id: _id, APIException: _exception, ...change } = member;
  const parentId = int(change, 'ParentId');
  if (parentId !== undefined && parentId !== 0 && !company.categories.has(parentId)) {
    throw refuseParameter('Parent category does not exist');
  }
  const { id, fields } = saveStored(call, 'categories', int(member, 'Id'), {
    unknown: 'Category does not exist',
    change: (before) => merge(before, change),
    create: () => {
      if (text(change, 'Name') === undefined) throw refuseParameter('Name is required');
      return change;
    },
  });
  return { ...fields, Id: id };
}

function named({ world }: Call, saved: Entity): Entity {
  const { Name: _name, ...unnamed } = saved;
  return world.behaviour.saveNames ? saved : unnamed;
}

export const productOperations: Record<string, Operation> = {
  GetProducts: getProducts,
  SaveProducts: (call, request) =>
    saveEach(call, entities(request, 'products'), (member) => named(call, saveProduct(call, member))),
  GetCategories: getCategories,
  SaveCategories: (call, request) =>
    saveEach(call, entities(request, 'categories'), (member) => named(call, saveCategory(call, member))),
};
