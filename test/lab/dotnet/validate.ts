import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Office } from './books.ts';
import { check, same } from './checks.ts';

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const TYPES = 'http://microsoft.com/wsdl/types/';
const SERVICE = 'http://24sevenOffice.com/webservices';

/** An envelope whose body must hold elements of the WSDL's own schema. */
const wrapper = (imports: string[]): string => `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  targetNamespace="${ENVELOPE}" elementFormDefault="qualified">
  ${imports.join('\n  ')}
  <xs:element name="Envelope"><xs:complexType><xs:sequence>
    <xs:element name="Header" minOccurs="0"/>
    <xs:element name="Body"><xs:complexType><xs:sequence><xs:any namespace="##other" processContents="strict"/></xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>`;

/** Writes the schemas of a WSDL to files. Returns the path of the one that validates a whole envelope. */
const schemaOf = (service: string, wsdls: string, directory: string): string => {
  const text = readFileSync(join(wsdls, `${service}Service.wsdl`), 'utf8');
  const prefixes = [
    ...(text.match(/<wsdl:definitions[^>]*>/)?.[0] ?? '').matchAll(/xmlns:\w+="[^"]*"/g),
  ].join(' ');
  const imports: string[] = [];
  for (const [index, [schema]] of [...text.matchAll(/<s:schema[\s\S]*?<\/s:schema>/g)].entries()) {
    const namespace = schema.match(/targetNamespace="([^"]*)"/)?.[1] ?? '';
    const file = `${service}-${index}.xsd`;
    const declared = prefixes.replace(/xmlns:s="[^"]*"/, 'xmlns:s="http://www.w3.org/2001/XMLSchema"');
    // libxml2 cannot read a decimal of 29 digits. Defaults can go: they do not restrict a request.
    const located = schema
      .replace(/ default="-79228162514264337593543950335"/g, '')
      .replace(`namespace="${TYPES}" />`, `namespace="${TYPES}" schemaLocation="${service}-1.xsd" />`);
    writeFileSync(join(directory, file), located.replace('<s:schema', `<s:schema ${declared}`));
    imports.push(`<xs:import namespace="${namespace}" schemaLocation="${file}"/>`);
  }
  const path = join(directory, `${service}.xsd`);
  writeFileSync(path, wrapper(imports));
  return path;
};

/** Requests to one service that libxml2 refuses, one line each. */
const refusedByXmllint = (service: string, wsdls: string, directory: string): string[] => {
  const files = readdirSync(directory).filter((name) => name.endsWith(`-${service}.xml`));
  if (files.length === 0) return [];
  const schema = schemaOf(service, wsdls, directory);
  const { stderr } = spawnSync('xmllint', ['--noout', '--schema', schema, ...files], {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.endsWith(' validates'));
  return lines.length === 0 && !stderr.includes(' validates') ? ['xmllint said nothing'] : lines;
};

const SERVICES = ['auth', 'company', 'product', 'invoice', 'account'];

/** An order whose elements are not in the schema's order. */
const MISORDERED = `<soap:Envelope xmlns:soap="${ENVELOPE}"><soap:Body><SaveInvoices xmlns="${SERVICE}"><invoices><InvoiceOrder><IncludeVAT>false</IncludeVAT><CustomerId>1001</CustomerId></InvoiceOrder></invoices></SaveInvoices></soap:Body></soap:Envelope>`;

/**
 * Checks every request that the product sent against the schemas of the real WSDLs: unknown elements, wrong order,
 * missing required ones. .NET's validator in the server and libxml2 both check. Then both must refuse a bad request.
 */
export const validate = async (
  office: Office,
  url: string,
  wsdls: string,
  directory: string,
): Promise<void> => {
  const xmllint = (): string[] => SERVICES.flatMap((service) => refusedByXmllint(service, wsdls, directory));
  const kept = readdirSync(directory).filter((name) => name.endsWith('.xml')).length;
  check(`requests kept: ${kept}`, kept > 0);
  same("requests that .NET's validator refuses by the real schemas", (await office.books()).invalid, []);
  same('requests that libxml2 refuses by the real schemas', xmllint(), []);
  await fetch(`${url}/Economy/InvoiceOrder/V001/InvoiceService.asmx`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: `"${SERVICE}/SaveInvoices"` },
    body: MISORDERED,
  });
  check(
    'both refuse a request in the wrong order',
    (await office.books()).invalid.length > 0 && xmllint().length > 0,
  );
};
