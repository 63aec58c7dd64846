import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { wsdlPath } from '../../src/twentyfourseven/wire/services.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wsdl-'));
  for (const [service, name] of [
    ['authenticate', 'authService'],
    ['company', 'companyService'],
    ['product', 'productService'],
    ['invoice', 'invoiceService'],
    ['account', 'accountService'],
    ['client', 'clientService'],
  ] as const) {
    copyFileSync(wsdlPath(service), join(directory, `${name}.wsdl`));
  }
});

afterEach(() => rmSync(directory, { recursive: true }));

function check(): Promise<{ code: number; output: string }> {
  const script = join(import.meta.dirname, 'check.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', script, directory], (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, output: stdout });
    });
  });
}

function change(file: string, from: string | RegExp, to: string): void {
  const path = join(directory, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}

it('a full WSDL that holds more than ours agrees', async () => {
  change(
    'invoiceService.wsdl',
    '<xsd:element name="OrderStatus"',
    '<xsd:element name="More" type="xsd:int" minOccurs="0" maxOccurs="1"/><xsd:element name="OrderStatus"',
  );
  const { code, output } = await check();
  expect(output).toContain('invoice: agrees');
  expect(code).toBe(0);
});

it.each<[string, string, string | RegExp, string, string]>([
  [
    'another type',
    'invoiceService.wsdl',
    'name="Price" type="xsd:decimal"',
    'name="Price" type="xsd:double"',
    'InvoiceRow.Price: type is',
  ],
  [
    'another name',
    'companyService.wsdl',
    'name="OrganizationNumber"',
    'name="OrganisationNumber"',
    'OrganizationNumber: not in the full',
  ],
  [
    'another occurrence',
    'invoiceService.wsdl',
    /(name="IncludeVAT" type="xsd:boolean" )minOccurs="1"/,
    '$1minOccurs="0"',
    'IncludeVAT: minOccurs is 1',
  ],
  [
    'another nillable',
    'invoiceService.wsdl',
    /(name="IncludeVAT".*?) nillable="true"/,
    '$1',
    'IncludeVAT: nillable is true',
  ],
  [
    'another default',
    'invoiceService.wsdl',
    'default="Web"',
    'default="Draft"',
    'OrderStatus: default is Web',
  ],
  [
    'a value more in an enum',
    'invoiceService.wsdl',
    '<xsd:enumeration value="Draft"/>',
    '<xsd:enumeration value="Draft"/><xsd:enumeration value="New"/>',
    'OrderSlipStateType: values is',
  ],
  [
    'another order',
    'productService.wsdl',
    /(<xsd:element name="StatusId".*?\/>)(\s*)(<xsd:element name="CategoryId".*?\/>)/s,
    '$3$2$1',
    'Product.CategoryId: out of order',
  ],
  [
    'another action',
    'accountService.wsdl',
    /soapAction="[^"]*"/,
    'soapAction="http://24sevenoffice.com/webservices/GetTaxCodeList"',
    'operation GetTaxCodeList: soapAction',
  ],
  ['another namespace', 'clientService.wsdl', /24sevenOffice/g, '24sevenoffice', 'targetNamespace'],
  ['another address', 'authService.wsdl', '/v001/authenticate.asmx', '/v002/authenticate.asmx', 'location'],
  [
    'a required element we leave out',
    'authService.wsdl',
    '<xsd:element name="Password"',
    '<xsd:element name="Realm" type="xsd:string" minOccurs="1" maxOccurs="1"/><xsd:element name="Password"',
    'Credential.Realm: required',
  ],
])('%s is found', async (_, file, from, to, line) => {
  change(file, from, to);
  const { code, output } = await check();
  expect(output).toContain(line);
  expect(code).toBe(1);
});
