/**
 * `npm run check:wsdl -- DIR`: are our narrow WSDLs true parts of 24SevenOffice's full ones?
 *
 * DIR holds them as `authService.wsdl`, `companyService.wsdl` and so on. One line per service; exits 1
 * with one line per difference.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_NAMES, type ServiceName, wsdlPath } from '../../src/twentyfourseven/wire/services.ts';
import { compareWsdl, danglingTypes } from './compare.ts';
import { readWsdl } from './model.ts';

const FULL_NAMES: Record<ServiceName, string> = {
  authenticate: 'authService.wsdl',
  company: 'companyService.wsdl',
  product: 'productService.wsdl',
  invoice: 'invoiceService.wsdl',
  account: 'accountService.wsdl',
  client: 'clientService.wsdl',
};

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error('usage: npm run check:wsdl -- DIR (with authService.wsdl, companyService.wsdl, …)');
  process.exit(2);
}

let isEqual = true;
for (const service of SERVICE_NAMES) {
  const ours = readWsdl(readFileSync(wsdlPath(service), 'utf8'));
  const full = readWsdl(readFileSync(join(directory, FULL_NAMES[service]), 'utf8'));
  const differences = [...compareWsdl(ours, full), ...danglingTypes(ours)];
  const count = `${ours.operations.size} operations, ${ours.complexTypes.size} types`;
  console.log(`${service}: ${differences.length === 0 ? `agrees (${count})` : 'differs'}`);
  for (const difference of differences) console.log(`  ${difference}`);
  if (differences.length > 0) isEqual = false;
}
process.exit(isEqual ? 0 : 1);
