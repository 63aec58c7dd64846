/** How our narrow WSDL differs from the full one, in lines for a person; none where it is a true part of it. */
import type { Field, WsdlModel } from './model.ts';

/** Every type that a request can hold, from the input elements down. */
function requestTypes(model: WsdlModel): Set<string> {
  const seen = new Set<string>();
  const visit = (fields: Field[] | undefined) => {
    for (const { type = '' } of fields ?? []) {
      if (seen.has(type)) continue;
      seen.add(type);
      visit(model.complexTypes.get(type));
    }
  };
  for (const { input } of model.operations.values()) visit(model.elements.get(input.split(' ')[1] ?? ''));
  return seen;
}

function compareFields(where: string, ours: Field[], full: Field[], mustBeComplete: boolean): string[] {
  const differences: string[] = [];
  let position = -1;
  for (const field of ours) {
    const index = full.findIndex((candidate) => candidate.name === field.name);
    const real = full[index];
    if (real === undefined) {
      differences.push(`${where}.${field.name}: not in the full WSDL`);
      continue;
    }
    if (index < position) differences.push(`${where}.${field.name}: out of order`);
    position = Math.max(position, index);
    for (const attribute of new Set([...Object.keys(field), ...Object.keys(real)])) {
      if (field[attribute] !== real[attribute]) {
        differences.push(
          `${where}.${field.name}: ${attribute} is ${field[attribute] ?? 'absent'}, should be ${real[attribute] ?? 'absent'}`,
        );
      }
    }
  }
  for (const real of full) {
    const isOurs = ours.some((field) => field.name === real.name);
    if (!isOurs && mustBeComplete && real.minOccurs !== '0') {
      differences.push(`${where}.${real.name}: required in a request, but left out`);
    }
  }
  return differences;
}

function compareRecords(
  where: string,
  ours: Record<string, string>,
  full: Record<string, string> | undefined,
): string[] {
  if (full === undefined) return [`${where}: not in the full WSDL`];
  return Object.entries(ours)
    .filter(([key, value]) => full[key] !== value)
    .map(([key, value]) => `${where}: ${key} is ${value}, should be ${full[key] ?? 'absent'}`);
}

export function compareWsdl(ours: WsdlModel, full: WsdlModel): string[] {
  const differences: string[] = [];
  const serviceOf = ({ targetNamespace, location }: WsdlModel) => ({ targetNamespace, location });
  differences.push(...compareRecords('service', serviceOf(ours), serviceOf(full)));
  differences.push(...compareRecords('elementFormDefault', ours.elementForms, full.elementForms));

  for (const [name, fields] of ours.elements) {
    const real = full.elements.get(name);
    if (real === undefined) differences.push(`element ${name}: not in the full WSDL`);
    else {
      differences.push(...compareFields(`element ${name}`, fields, real, true));
      if (fields.length < real.length) differences.push(`element ${name}: has children left out`);
    }
  }
  const sent = requestTypes(ours);
  for (const [name, fields] of ours.complexTypes) {
    const real = full.complexTypes.get(name);
    if (real === undefined) differences.push(`type ${name}: not in the full WSDL`);
    else differences.push(...compareFields(`type ${name}`, fields, real, sent.has(name)));
  }
  for (const [name, { base, values }] of ours.simpleTypes) {
    const real = full.simpleTypes.get(name);
    const comparable = real && { base: real.base, values: real.values.join(', ') };
    differences.push(...compareRecords(`type ${name}`, { base, values: values.join(', ') }, comparable));
  }
  for (const [name, operation] of ours.operations) {
    const real = full.operations.get(name);
    differences.push(...compareRecords(`operation ${name}`, { ...operation }, real && { ...real }));
  }
  return differences;
}

/** The types a WSDL names but does not hold: node-soap would send their content unordered. */
export function danglingTypes(model: WsdlModel): string[] {
  const dangling: string[] = [];
  const known = (type: string) =>
    type.startsWith('{http://www.w3.org/2001/XMLSchema}') ||
    model.complexTypes.has(type) ||
    model.simpleTypes.has(type);
  for (const [name, fields] of [...model.elements, ...model.complexTypes]) {
    for (const field of fields) {
      if (!known(field.type ?? '')) dangling.push(`${name}.${field.name}: ${field.type} is not defined`);
    }
  }
  return dangling;
}
