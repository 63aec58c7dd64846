import { describe, expect, it } from 'vitest';
import { createCustomer, createOrder, customersByEmail } from '../../../src/twentyfourseven/operations.ts';
import { classifyException, classifyFailure, lastMessage } from '../../../src/twentyfourseven/wire/faults.ts';
import { createMask, maskRefusal } from '../../../src/twentyfourseven/wire/mask.ts';
import { anInvoiceJob } from '../../support/builders.ts';
import { aClock } from '../support.ts';

const clock = aClock();
const draft = {
  name: 'Åse Øglænd & Sønner',
  firstName: 'Kåre',
  type: 'Business' as const,
  addresses: { post: { street: 'Brobekkveien 54', postalCode: '0598', city: 'Ås', country: 'NO' } },
};
const mask = createMask([draft]);

describe('what we said is masked in what the service says', () => {
  it.each([
    ['a name', 'Åse Øglænd & Sønner is known', '… is known'],
    ['another case', 'ÅSE ØGLÆND & SØNNER is known', '… is known'],
    ['escaped as in markup', 'Åse Øglænd &amp; Sønner is known', '… is known'],
    ['composed otherwise', 'Åse Øglænd & Sønner is known'.normalize('NFD'), '… is known'],
    ['a word of it', 'no customer Øglænd, Kåre', 'no customer …, …'],
    ['glued to something', "street 'xBrobekkveien 54x' is wrong", "street 'x…x' is wrong"],
    ['a postal code', 'postcode 0598 is wrong', 'postcode … is wrong'],
    ['a text of two characters stays: it would tear words apart', 'Ås is passed', 'Ås is passed'],
    ['a type stays: it names nobody', 'type Business is wrong', 'type Business is wrong'],
  ])('%s', (_, message, expected) => {
    expect(mask(message)).toBe(expected);
  });

  it('the longer of two texts that begin alike goes whole', () => {
    expect(createMask(['Kari', 'Kari Nordmann'])('Kari Nordmann is known')).toBe('… is known');
  });

  it('nothing said, nothing masked', () => {
    expect(createMask(undefined)('a message')).toBe('a message');
    expect(createMask([7, null, {}])('a message 7')).toBe('a message 7');
  });

  it('texts that mean something in a pattern are taken as they are', () => {
    expect(createMask(['a.b*(c)[d]'])('a.b*(c)[d] and aXb')).toBe('… and aXb');
  });
});

it('a text is masked before the message is cut, so that no half of it stays', () => {
  const message = `${'x'.repeat(290)} Brobekkveien 54`;
  expect(lastMessage(message, mask)).toBe(`${'x'.repeat(290)} …`);
});

it('a refused customer is told without its name', () => {
  const exception = { type: 'X', message: `${draft.name} exists`, hasId: false };
  expect(classifyException(exception, createCustomer, clock, mask).failure.message).toMatch(
    /: … exists \(an operator/,
  );
});

it('a fault on a search by e-mail is told without it', () => {
  const call = {
    ok: false,
    cause: 'fault',
    mayBeWritten: true,
    faultCode: 'Client',
    text: 'bad value Kari.Hansen at home for parameter',
  } as const;
  const { failure } = classifyFailure(call, customersByEmail, clock, createMask(['Kari.Hansen at home']));
  expect(failure.message).toContain('bad value … for parameter');
});

it("a neighbour's row is masked, too", () => {
  const [line] = anInvoiceJob().lines;
  const exception = { type: 'X', message: `the row ${line?.name} is wrong`, hasId: false };
  const verdict = classifyException(
    exception,
    createOrder,
    clock,
    createMask([{ rows: [] }, { rows: [line] }]),
  );
  expect(verdict.failure.message).toContain('the row … is wrong');
});

describe('a refusal told of a whole invoice', () => {
  const invoice = anInvoiceJob();

  it("keeps our words and loses its quotes of what that request did not carry, amounts and ids but not people's", () => {
    const message =
      'tried 20 times, last: 24SevenOffice refused SaveInvoices.create: 1215.00 of BYGGMESTER AS, Brobekkveien 54 (Nordmann) 1018-1';
    expect(maskRefusal(message, invoice)).toBe(
      'tried 20 times, last: 24SevenOffice refused SaveInvoices.create: 1215.00 of …, … (…) 1018-1',
    );
  });

  it('without an invoice to compare with loses all of them', () => {
    expect(maskRefusal('24SevenOffice refused X.y: Kari is known', undefined)).toBe(
      '24SevenOffice refused X.y: …',
    );
  });

  it('a message of ours stays, whatever a customer is called', () => {
    const named = anInvoiceJob({ customer: { companyName: 'Order AS' } });
    expect(maskRefusal('the order differs', named)).toBe('the order differs');
  });
});

it('a long message is cut at the end of a word', () => {
  expect(lastMessage(`${'word '.repeat(59)}Brobekkveien`)).toBe('word '.repeat(59).trim());
});

describe('masking is work in proportion to what was said and heard', () => {
  /** Of the process, so that a busy machine changes nothing. */
  const cpuMs = (work: () => unknown) => {
    const before = process.cpuUsage();
    work();
    return process.cpuUsage(before).user / 1_000;
  };
  const words = (count: number, name: string) =>
    Array.from({ length: count }, (_, n) => `${name}${n}`).join(' ');

  it('a joined save of twenty large invoices, each refused three times, does not stop the worker', () => {
    // 20 of 249 KB: with one expression of every word, made for each refusal, this took minutes.
    const items = Array.from({ length: 20 }, (_, invoice) => ({
      rows: Array.from({ length: 125 }, (_, row) => ({ name: words(160, `w${invoice}x${row}y`) })),
    }));
    const message = `${words(20, 'w3x7y')} is not accepted`;
    const told: string[] = [];
    const spent = cpuMs(() => {
      const said = createMask(items);
      for (const _ of [...items, ...items, ...items]) {
        const exception = { type: 'X', message, hasId: false };
        told.push(classifyException(exception, createOrder, clock, said).failure.message);
      }
    });
    expect(new Set(told)).toEqual(
      new Set([expect.stringMatching(/refused SaveInvoices\.create: (… )+is not accepted \(an operator/)]),
    );
    expect(spent).toBeLessThan(4_000);
  });
});

it('fifty refusals that quote what ten thousand rows begin with cost no more', () => {
  const rows = Array.from({ length: 10_000 }, (_, row) => ({ name: `Leie av telt ${row}` }));
  const said = createMask([{ rows }]);
  const before = process.cpuUsage();
  const message = `${'Leie '.repeat(700)}Leie av telt 77`;
  for (let refusal = 0; refusal < 50; refusal += 1) expect(said(message)).toMatch(/^(… ){700}…$/);
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(5_000);
});

it('of texts that begin alike the longest that is quoted goes whole, and overlapping ones go together', () => {
  const said = createMask(['ab-c', 'ab-c-d', 'ab-c-d-ef', 'ab-c-z', 'd-ef-g']);
  expect(said('x ab-c-d-e')).toBe('x …-e');
  expect(said('x ab-c-y')).toBe('x …-y');
  expect(said('xab-c-d-ef-gx')).toBe('x…x');
});

it('a phrase is held only where each of its words was said, of people or not', () => {
  const said = createMask([{ orderId: 'no-quote', name: 'Access Rental' }]);
  expect(said.holds('No access')).toBe(true);
  expect(said.holds('access denied')).toBe(false);
});
