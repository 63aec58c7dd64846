import { join } from 'node:path';

export const SERVICE_NAMES = ['authenticate', 'company', 'product', 'invoice', 'account', 'client'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Where each service lives under the base URL (24seven.md §1). */
export const SERVICE_PATHS: Record<ServiceName, string> = {
  authenticate: '/authenticate/v001/authenticate.asmx',
  company: '/CRM/Company/V001/CompanyService.asmx',
  product: '/Logistics/Product/V001/ProductService.asmx',
  invoice: '/Economy/InvoiceOrder/V001/InvoiceService.asmx',
  account: '/Economy/Account/V004/Accountservice.asmx',
  client: '/Client/V001/ClientService.asmx',
};

export function wsdlPath(service: ServiceName): string {
  return join(import.meta.dirname, 'wsdl', `${service}.wsdl`);
}
