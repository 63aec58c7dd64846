import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';

export const namespace = 'http://24sevenOffice.com/webservices';

export const paths = {
  Authenticate: '/authenticate/v001/authenticate.asmx',
  Company: '/CRM/Company/V001/CompanyService.asmx',
  Product: '/Logistics/Product/V001/ProductService.asmx',
  Invoice: '/Economy/InvoiceOrder/V001/InvoiceService.asmx',
  Account: '/Economy/Account/V004/Accountservice.asmx',
  Client: '/Client/V001/ClientService.asmx',
};

type ServiceName = keyof typeof paths;
export type RawAnswer = { status: number; headers: Headers; text: string };

export const fjord = { clientId: 501, identityId: '1d000000-0000-4000-8000-000000000501' };
export const berg = { clientId: 502, identityId: '1d000000-0000-4000-8000-000000000502' };
/** TaxIds of the default list: outgoing 25 %, outgoing 15 %, exempt 0 %. */
export const tax = { high: 10, middle: 16, exempt: 11 };

export function envelope(operation: string, inner: string): string {
  return (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" ' +
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<soap:Body><${operation} xmlns="${namespace}">${inner}</${operation}></soap:Body></soap:Envelope>`
  );
}

export function credential({ password = 'sandbox-password', identityId = '' } = {}): string {
  const identity = identityId === '' ? '' : `<IdentityId>${identityId}</IdentityId>`;
  return (
    '<credential><ApplicationId>a0000000-0000-4000-8000-000000000001</ApplicationId>' +
    `${identity}<Password>${password}</Password><Username>support@sharefox.example</Username></credential>`
  );
}

export type RawClient = {
  sandbox: Sandbox;
  /** Send this body unchanged. */
  post(service: ServiceName, body: string, headers: Record<string, string>): Promise<RawAnswer>;
  call(
    service: ServiceName,
    operation: string,
    inner: string,
    session?: string,
    signal?: AbortSignal,
  ): Promise<RawAnswer>;
  /** Log in and return the session id. */
  login(identityId?: string): Promise<string>;
};

export async function startRaw(options: SandboxOptions = {}): Promise<RawClient> {
  const sandbox = await startSandbox({ requestsPerSecond: 10_000, ...options });
  async function post(
    service: ServiceName,
    body: string,
    headers: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<RawAnswer> {
    const response = await fetch(sandbox.url + paths[service], {
      method: 'POST',
      headers,
      body,
      signal: signal ?? null,
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
  const call: RawClient['call'] = (service, operation, inner, session, signal) =>
    post(
      service,
      envelope(operation, inner),
      {
        'Content-Type': 'text/xml; charset=utf-8',
        SOAPAction: `"${namespace}/${operation}"`,
        ...(session === undefined ? {} : { Cookie: `ASP.NET_SessionId=${session}` }),
      },
      signal,
    );
  return {
    sandbox,
    post,
    call,
    async login(identityId = fjord.identityId) {
      const { text } = await call('Authenticate', 'Login', credential({ identityId }));
      return firstValue(text, 'LoginResult');
    },
  };
}

/** The text of the first element of that name; empty where there is none. */
export function firstValue(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
}

export function allValues(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value]) => value ?? '');
}

export function row({
  price = '100',
  quantity = '1',
  discount = '0',
  taxCode = tax.high,
  name = 'Tractor',
  productId = 1,
} = {}): string {
  return (
    `<InvoiceRow><ProductId>${productId}</ProductId><Price>${price}</Price><Name>${name}</Name>` +
    `<DiscountRate>${discount}</DiscountRate><Quantity>${quantity}</Quantity>` +
    `<TaxSettings><TaxCode>${taxCode}</TaxCode></TaxSettings></InvoiceRow>`
  );
}

export function order({
  customerId = 1,
  reference = 'SF-1',
  externalStatus = 77,
  includeVat = 'false',
  status = 'Web',
  orderId = 0,
  rows = row(),
} = {}): string {
  const id = orderId === 0 ? '' : `<OrderId>${orderId}</OrderId>`;
  return (
    `<InvoiceOrder>${id}<CustomerId>${customerId}</CustomerId><OrderStatus>${status}</OrderStatus>` +
    `<IncludeVAT>${includeVat}</IncludeVAT><ExternalStatus>${externalStatus}</ExternalStatus>` +
    `<InvoiceRows>${rows}</InvoiceRows><ReferenceNumber>${reference}</ReferenceNumber></InvoiceOrder>`
  );
}

export const invoices = (...orders: string[]) => `<invoices>${orders.join('')}</invoices>`;

export function strings(list: string, ...names: string[]): string {
  return `<${list}>${names.map((name) => `<string>${name}</string>`).join('')}</${list}>`;
}

export function searchOrders(filter: string, ...names: string[]): string {
  return `<searchParams>${filter}</searchParams>${strings('invoiceReturnProperties', ...names)}`;
}
