/** What somebody else may send us, however long, deep or odd, costs us little. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ordersByMark } from '../../../src/twentyfourseven/operations.ts';
import { readAnswer, readAnswerInTurns } from '../../../src/twentyfourseven/wire/answer.ts';
import { classifyFailure, lastMessage } from '../../../src/twentyfourseven/wire/faults.ts';
import { quarantineEnd } from '../../../src/twentyfourseven/wire/quarantine.ts';
import { scalarValue } from '../../../src/twentyfourseven/wire/scalars.ts';
import { wsdlPath } from '../../../src/twentyfourseven/wire/services.ts';
import { readAnswerSchema } from '../../../src/twentyfourseven/wire/wsdl.ts';
import { envelope } from '../fake-soap-server.ts';
import { aClock } from '../support.ts';

const schema = readAnswerSchema(readFileSync(wsdlPath('invoice'), 'utf8'));
const answerWith = (orders: string) =>
  envelope(
    `<GetInvoicesResponse xmlns="http://24sevenOffice.com/webservices"><GetInvoicesResult>${orders}</GetInvoicesResult></GetInvoicesResponse>`,
  );
const LONG = 1_000_000;

describe('an answer', () => {
  it('of thousands of levels is given up at its first few', () => {
    expect(() => readAnswer(answerWith('<a>'.repeat(5_000)), schema)).toThrow('too deep');
  });

  it('of millions of elements is given up', () => {
    expect(() => readAnswer(answerWith('<a/>'.repeat(3_100_000)), schema)).toThrow('too many elements');
  }, 60_000);

  it('that is long gives other work its turn while it is read', async () => {
    let turns = 0;
    let isRead = false;
    const count = () => {
      turns += 1;
      if (!isRead) setImmediate(count);
    };
    setImmediate(count);
    const xml = answerWith('<InvoiceOrder><OrderId>1</OrderId></InvoiceOrder>'.repeat(60_000));
    await readAnswerInTurns(xml, schema);
    isRead = true;
    expect(turns).toBeGreaterThanOrEqual(10);
  });

  it('is the same read in turns, wherever it is divided', async () => {
    const title = '<InvoiceTitle>å 😀 &amp; &#xB;&#x1F600;<![CDATA[x]]><!-- y --></InvoiceTitle>';
    const border = 256 * 1024 - answerWith('').length;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: border - 50, max: border + 250 }), async (size) => {
        const xml = answerWith(`<!--${'x'.repeat(size)}--><InvoiceOrder>${title}</InvoiceOrder>`);
        expect(await readAnswerInTurns(xml, schema)).toEqual(readAnswer(xml, schema));
      }),
      { seed: 7, numRuns: 60 },
    );
  });
});

// Where the time grew with the square of the length, each would take hours and the test run out of its own.
describe('a text of a million characters is read in time that grows with its length', () => {
  it.each([
    ['nothing but spaces', ' '.repeat(LONG)],
    ['nothing but new lines', '\n'.repeat(LONG)],
    ['spaces and an at', ` at${' '.repeat(LONG)}`],
    ['many at', ' at a'.repeat(LONG / 5)],
    ['one long word', 'a'.repeat(LONG)],
    ['dots and an exception', `${'a.'.repeat(LONG / 2)}Exception`],
    ['digits', '1'.repeat(LONG)],
    ['digits and gaps', '1 '.repeat(LONG / 2)],
    ['arrows', '--->'.repeat(LONG / 4)],
    ['dashes', ' ---'.repeat(LONG / 4)],
    ['a quarantine without end', `Quarantine ends${'\n'.repeat(LONG)}`],
    ['many quarantines', 'Quarantine ends at '.repeat(LONG / 20)],
    ['an e-mail address that is none', `${'a'.repeat(LONG / 2)}@@${'b'.repeat(LONG / 2)}`],
  ])('%s', (_, text) => {
    expect(lastMessage(text).length).toBeLessThanOrEqual(300);
    expect(quarantineEnd(text, 0)).toBeGreaterThan(0);
    for (const cause of ['fault', 'http'] as const) {
      const call = { ok: false, cause, mayBeWritten: true, status: 500, text } as const;
      expect(classifyFailure(call, ordersByMark, aClock()).failure).toBeInstanceOf(Error);
    }
  });

  it.each(['int', 'decimal', 'dateTime', 'guid', 'boolean', 'string'])('as a value of type %s', (type) => {
    for (const text of [`${'0'.repeat(LONG)}x`, ' '.repeat(LONG), `${'-'.repeat(LONG)}x`]) {
      scalarValue(type, text);
    }
    const reference = `<InvoiceOrder><InvoiceTitle>&#${'1'.repeat(LONG)}</InvoiceTitle></InvoiceOrder>`;
    expect(() => readAnswer(answerWith(reference), schema)).toThrow('not well-formed');
  });
});
