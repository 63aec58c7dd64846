import { accountSchema } from '../schema/account.ts';
import { authenticateSchema } from '../schema/authenticate.ts';
import { clientSchema } from '../schema/client.ts';
import { companySchema } from '../schema/company.ts';
import { invoiceSchema } from '../schema/invoice.ts';
import type { ServiceSchema } from '../schema/notation.ts';
import { productSchema } from '../schema/product.ts';
import { authenticateOperations } from './authenticate.ts';
import type { AuthenticateOperation, Operation } from './call.ts';
import { companyOperations } from './company.ts';
import { invoiceOperations } from './invoice.ts';
import { accountOperations, clientOperations } from './lists.ts';
import { productOperations } from './product.ts';

export type Service = { schema: ServiceSchema } & (
  | { kind: 'authenticate'; operations: Record<string, AuthenticateOperation> }
  | { kind: 'books'; operations: Record<string, Operation> }
);

const services: Service[] = [
  { kind: 'authenticate', schema: authenticateSchema, operations: authenticateOperations },
  { kind: 'books', schema: companySchema, operations: companyOperations },
  { kind: 'books', schema: productSchema, operations: productOperations },
  { kind: 'books', schema: invoiceSchema, operations: invoiceOperations },
  { kind: 'books', schema: accountSchema, operations: accountOperations },
  { kind: 'books', schema: clientSchema, operations: clientOperations },
];

const byPath = new Map(services.map((service) => [service.schema.path.toLowerCase(), service]));

/** Paths are matched as IIS does, whatever their case. */
export function findService(path: string): Service | undefined {
  return byPath.get(path.toLowerCase());
}

export function isServiceName(name: string): boolean {
  return services.some(({ schema }) => schema.name === name);
}

export function isOperationName(name: string): boolean {
  return services.some(({ schema }) => schema.operations.has(name));
}
