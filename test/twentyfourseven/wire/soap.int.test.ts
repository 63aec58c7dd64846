import type { Socket } from 'node:net';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanText } from '../../../src/contract/text.ts';
import { createOrder, updateCustomer } from '../../../src/twentyfourseven/operations.ts';
import { createSoap, type Soap, type SoapRequest } from '../../../src/twentyfourseven/wire/soap.ts';
import { answer, envelope, type FakeServer, startFakeServer } from '../fake-soap-server.ts';
import { aClock, anOrder, failureOf, realClock } from '../support.ts';

const NS = 'xmlns="http://24sevenOffice.com/webservices"';
const EMPTY = envelope(`<SaveInvoicesResponse ${NS}/>`);

let server: FakeServer;
let soap: Soap;
/** Where the timeout is awaited: long enough to connect on a busy machine. */
const SHORT_MS = 2_000;

afterEach(async () => {
  soap.close();
  await server.stop();
});

async function start(
  onRequest: (socket: Socket, request: string) => void = (socket) => answer(socket, EMPTY),
  clock = realClock,
  timeoutMs = 20_000,
): Promise<void> {
  server = await startFakeServer(onRequest);
  soap = createSoap({ baseUrl: server.url, timeoutMs, sendWindowMs: 1_000, clock });
}

const save = (more: Partial<SoapRequest> = {}) =>
  soap.call({
    service: 'invoice',
    operation: 'SaveInvoices',
    args: createOrder.toRequest([anOrder()]),
    sessionId: 'abc123',
    ...more,
  });
/** The text of the elements of this name, by a parser that is not node-soap's. */
function textOf(xml: string, name: string): string {
  const parser = new SaxesParser();
  const open: string[] = [];
  let text = '';
  const add = (piece: string) => {
    if (open.at(-1) === name) text += piece;
  };
  parser.on('opentag', (tag) => open.push(tag.name));
  parser.on('closetag', () => open.pop());
  parser.on('text', add);
  parser.on('cdata', add);
  parser.write(xml).close();
  return text;
}

const bodyOf = (request: string | undefined) =>
  /<soap:Body>(.*)<\/soap:Body>/s.exec(request ?? '')?.[1] ?? 'no body';

describe('what goes over the wire', () => {
  it('is an order in the order of the WSDL, with exact text and money', async () => {
    await start();
    const order = anOrder({
      invoiceTitle: 'Bygg & <Sønn> "AS" 😀',
      rows: [
        {
          taxCode: 3,
          sequenceNumber: 1,
          quantity: '3',
          discountRate: '0',
          name: `${'x'.repeat(273)} (2021-01-10 - 2021-01-12)`,
          price: '450.10',
          productId: 55,
        },
      ],
    });
    await save({ args: createOrder.toRequest([order]) });
    expect(bodyOf(server.received[0])).toBe(
      `<SaveInvoices ${NS}><invoices><InvoiceOrder><CustomerId>1</CustomerId><OrderStatus>Web</OrderStatus>` +
        '<DateOrdered>2021-01-10T12:00:00</DateOrdered><PaymentTime>14</PaymentTime><IncludeVAT>false</IncludeVAT>' +
        '<InvoiceTitle>Bygg &amp; &lt;Sønn&gt; &quot;AS&quot; 😀</InvoiceTitle><InvoiceText>Sharefox 1018</InvoiceText>' +
        '<ExternalStatus>77001</ExternalStatus><InvoiceEmailAddress>faktura@example.no</InvoiceEmailAddress>' +
        '<InvoiceRows><InvoiceRow><ProductId>55</ProductId><Price>450.10</Price>' +
        `<Name>${'x'.repeat(273)} (2021-01-10 - 2021-01-12)</Name><DiscountRate>0</DiscountRate>` +
        '<Quantity>3</Quantity><SequenceNumber>1</SequenceNumber><Type>Normal</Type>' +
        '<TaxSettings><TaxCode>3</TaxCode></TaxSettings></InvoiceRow></InvoiceRows>' +
        '<ReferenceNumber>SF-1018-1-ABCDEFGH</ReferenceNumber></InvoiceOrder></invoices></SaveInvoices>',
    );
  });

  it('carries the session cookie, the quoted action and UTF-8', async () => {
    await start();
    await save();
    const [head] = (server.received[0] ?? '').split('\r\n\r\n');
    expect(head).toContain('POST /Economy/InvoiceOrder/V001/InvoiceService.asmx HTTP/1.1');
    expect(head).toContain('Cookie: ASP.NET_SessionId=abc123');
    expect(head).toContain('SOAPAction: "http://24sevenOffice.com/webservices/SaveInvoices"');
    expect(head).toContain('Content-Type: text/xml; charset=utf-8');
  });

  it('holds neither nil nor empty elements, whatever the caller left out', async () => {
    await start();
    const args = updateCustomer.toRequest([
      { id: 7, type: 'Business', name: '', emails: {}, addresses: { post: { city: '' } }, discount: '0.0' },
    ]);
    await soap.call({ service: 'company', operation: 'SaveCompanies', args });
    expect(bodyOf(server.received[0])).toBe(
      `<SaveCompanies ${NS}><companies><Company><Id>7</Id><Type>Business</Type><Discount>0.0</Discount>` +
        '</Company></companies></SaveCompanies>',
    );
  });

  it('a null is left out, not sent as nil', async () => {
    await start();
    await soap.call({ service: 'product', operation: 'GetProducts', args: { searchParams: { Name: null } } });
    expect(bodyOf(server.received[0])).toBe(`<GetProducts ${NS}><searchParams></searchParams></GetProducts>`);
  });

  it('any text arrives as it was given', async () => {
    await start();
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('<![CDATA[', ']]>', '&amp;', '<', '\r\n', '\t', '"', "'", '😀', '&#x9;', '{', '$'),
    );
    const text = fc
      .array(piece, { minLength: 1, maxLength: 12 })
      .map((pieces) =>
        cleanText(pieces.join(''))
          .slice(0, 300)
          .replace(/\p{Surrogate}/gu, ''),
      )
      .filter((whole) => whole !== '');
    await fc.assert(
      fc.asyncProperty(text, async (invoiceTitle) => {
        const already = server.received[0]?.length ?? 0;
        await save({ args: createOrder.toRequest([anOrder({ invoiceTitle })]) });
        const request = bodyOf(server.received[0]?.slice(already));
        expect(textOf(request, 'InvoiceTitle')).toBe(invoiceTitle);
        expect(textOf(request, 'OrderStatus')).toBe('Web');
      }),
      { numRuns: 200 },
    );
  });

  it('text that looks like CDATA stays text', async () => {
    await start();
    const trick = '<![CDATA[x]]></InvoiceTitle><OrderStatus>Invoiced</OrderStatus><y><![CDATA[]]>';
    await save({ args: createOrder.toRequest([anOrder({ invoiceTitle: trick })]) });
    const request = bodyOf(server.received[0]);
    expect(textOf(request, 'InvoiceTitle')).toBe(trick);
    expect(textOf(request, 'OrderStatus')).toBe('Web');
  });
});

describe('what comes back', () => {
  it('is text throughout, without sentinels and nil, with what the WSDL says of silence', async () => {
    await start((socket) =>
      answer(
        socket,
        envelope(
          `<SaveInvoicesResponse ${NS}><SaveInvoicesResult><InvoiceOrder><OrderId>5</OrderId>` +
            '<IncludeVAT xsi:nil="true"/><OrderTotalIncVat>-79228162514264337593543950335</OrderTotalIncVat>' +
            '<Paid>0001-01-01T00:00:00</Paid><ReferenceNumber xsi:type="x">a &amp; b 😀</ReferenceNumber>' +
            '</InvoiceOrder></SaveInvoicesResult></SaveInvoicesResponse>',
        ),
      ),
    );
    expect(await save()).toMatchObject({
      ok: true,
      result: {
        SaveInvoicesResult: {
          InvoiceOrder: [
            {
              OrderId: '5',
              OrderStatus: 'Web',
              ReferenceNumber: 'a & b 😀',
            },
          ],
        },
      },
    });
  });

  it('an empty answer element is a result, not a failure', async () => {
    await start();
    expect(await save()).toMatchObject({ ok: true, result: {} });
  });

  it.each<[string, string, number, object]>([
    ['nothing', '', 200, { cause: 'unparsable' }],
    ['an HTML page', '<html><body>503</body></html>', 200, { cause: 'unparsable' }],
    ['an HTML error', '<html><br></body>', 503, { cause: 'http', status: 503 }],
    ['half an answer', EMPTY.slice(0, -30), 200, { cause: 'unparsable' }],
    ['an empty body element', envelope(''), 200, { cause: 'unparsable' }],
    [
      'an echo of the request',
      envelope(`<SaveInvoices ${NS}><a>1</a></SaveInvoices>`),
      200,
      { cause: 'unparsable' },
    ],
    ["another operation's answer", envelope(`<GetInvoicesResponse ${NS}/>`), 200, { cause: 'unparsable' }],
    ['an element nobody knows', envelope('<Other><b>1</b></Other>'), 200, { cause: 'unparsable' }],
    ['JSON', '{"ok":true}', 200, { cause: 'unparsable' }],
    ['a result with an error status', EMPTY, 500, { cause: 'http', status: 500 }],
    ['a redirect', '', 302, { cause: 'http', status: 302 }],
    [
      'a fault',
      envelope(
        '<soap:Fault><faultcode>soap:Server</faultcode><faultstring>Outer ---&gt; inner</faultstring><detail/></soap:Fault>',
      ),
      500,
      { cause: 'fault', faultCode: 'soap:Server', text: 'Outer ---> inner', status: 500 },
    ],
  ])('%s is a failure of which the save may have been written', async (_, body, status, facts) => {
    await start((socket) => answer(socket, body, status));
    expect(await save()).toMatchObject({ ok: false, mayBeWritten: true, ...facts });
  });

  it('an answer beyond all bounds is given up', async () => {
    await start(
      (socket) => {
        socket.write('HTTP/1.1 200 X\r\nContent-Type: text/xml\r\n\r\n');
        const chunk = Buffer.alloc(8 * 1024 * 1024, 'x');
        for (let sent = 0; sent < 9; sent += 1) socket.write(chunk);
      },
      realClock,
      20_000,
    );
    expect(await save()).toMatchObject({ ok: false, cause: 'too_large', mayBeWritten: true });
  });
});

describe('where the connection fails', () => {
  it('refused: nothing was written', async () => {
    await start();
    await server.stop();
    expect(await save()).toMatchObject({
      ok: false,
      cause: 'network',
      networkCode: 'ECONNREFUSED',
      mayBeWritten: false,
    });
  });

  it('reset after the request arrived: it may have been written, and is not sent again', async () => {
    await start((socket) => socket.resetAndDestroy());
    expect(await save()).toMatchObject({ ok: false, cause: 'network', mayBeWritten: true });
    expect(server.received).toHaveLength(1);
  });

  it('closed in the middle of the answer: it may have been written', async () => {
    await start((socket) => {
      answer(socket, EMPTY.slice(0, 100), 200, { 'Content-Length': '5000' });
      socket.end();
    });
    expect(await save()).toMatchObject({ ok: false, cause: 'network', mayBeWritten: true });
  });

  it('no answer in time: it may have been written', async () => {
    await start(() => undefined, realClock, SHORT_MS);
    expect(await save()).toMatchObject({ ok: false, cause: 'timeout', mayBeWritten: true });
    await server.closed(0);
  });

  it('a kept connection the server closed between two calls: the next save uses a new one', async () => {
    await start();
    await save();
    server.sockets[0]?.end();
    await server.closed(0);
    expect(await save()).toMatchObject({ ok: true });
    expect(server.received).toHaveLength(2);
  });

  it('a free connection is closed by us before a server would', async () => {
    await start();
    await save();
    await server.closed(0);
    expect(server.received).toHaveLength(1);
  }, 10_000);
});

describe('just before a save is written', () => {
  it('the connection stands and not a byte has left', async () => {
    await start();
    let before: string[] | undefined;
    await save({
      beforeWrite: async () => {
        await server.connected(1);
        before = [...server.received];
      },
    });
    expect(before).toEqual(['']);
    expect(server.received[0]).toContain('SaveInvoices');
  });

  it('what beforeWrite throws is thrown, and nothing is sent', async () => {
    await start();
    const refusal = new Error('stale');
    const failure = await failureOf(
      save({
        beforeWrite: async () => {
          throw refusal;
        },
      }),
    );
    expect(failure).toBe(refusal);
    await server.closed(0);
    expect(server.received).toEqual(['']);
  });

  it.each(['now', 'monotonic'] as const)('%s past the send window: nothing is sent', async (name) => {
    const clock = aClock();
    let passed = 0;
    const suspended = { ...clock, [name]: () => clock[name]() + passed };
    await start((socket) => answer(socket, EMPTY), suspended);
    const result = await save({
      beforeWrite: async () => {
        passed = 1_001;
      },
    });
    expect(result).toMatchObject({ ok: false, cause: 'send_window', mayBeWritten: false });
    await server.closed(0);
    expect(server.received).toEqual(['']);
  });

  it('an intent that takes longer than the timeout: nothing is sent, not even later', async () => {
    await start((socket) => answer(socket, EMPTY), realClock, SHORT_MS);
    let release: () => void = () => undefined;
    const result = await save({
      beforeWrite: () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    });
    expect(result).toMatchObject({ ok: false, cause: 'timeout', mayBeWritten: false });
    release();
    await server.closed(0);
    expect(server.received).toEqual(['']);
  });

  it('a connection lost while the intent is written: nothing is sent', async () => {
    await start();
    const result = await save({
      beforeWrite: async () => {
        await server.connected(1);
        server.sockets[0]?.resetAndDestroy();
        await server.closed(0);
        // Our own end hears of it a tick later.
        await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    expect(result).toMatchObject({ ok: false, cause: 'network', mayBeWritten: false });
    expect(server.received).toEqual(['']);
  });
});
