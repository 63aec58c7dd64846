import { expect, test } from 'vitest';
import { classifyException } from '../../../src/twentyfourseven/wire/faults.ts';
import { knownWords } from '../../../src/twentyfourseven/wire/known-words.ts';
import { createMask } from '../../../src/twentyfourseven/wire/mask.ts';
import { aManualClock } from '../../support/fake-clock.ts';

test.each([
  'Customer is blocked',
  'Customer is blocked.',
  'The invoice is already invoiced. It cannot be changed.',
  'Specify at least one search parameter',
  'OrderStatus is not valid for this user',
  'The field InvoiceText is too long',
  'Kunden er sperret',
  'Timeout expired',
  'Denied',
  'No such country',
  'The posting period is closed',
  'There is an error in XML document (1, 412).',
  "Instance validation error: 'Sent' is not a valid value for OrderState.",
])('what names nobody is shown: %s', (sentence) => {
  expect(knownWords(sentence)).toBe(sentence);
});

test.each([
  ['Ek, Bo', '…'],
  ['LIE DAL, ASE', '…'],
  ['Customer Åse Lie-Dal is blocked', '… is blocked'],
  ['Customer LIE DAL, ASE is blocked', '… is blocked'],
  ['customer Bo Ek is blocked', 'customer … is blocked'],
  ['customer bo ek is blocked', 'customer … is blocked'],
  ['Mark Price is blocked', '… is blocked'],
  ['Price, Mark is blocked', '… is blocked'],
  ['the order of Grant Order is refused', 'the order of … is refused'],
  ['THE CUSTOMER IS BLOCKED', '…'],
  ['Kari.Nordmann is blocked', '… is blocked'],
  ['O\u0301lafur is blocked', '… is blocked'],
  ['Ивáн is blocked', '… is blocked'],
  ['call 12 34 or 99', 'call … or …'],
])('a name passes in no order, case or spelling: %s', (sentence, shown) => {
  expect(knownWords(sentence)).toBe(shown);
});

const CREATE = {
  name: 'SaveInvoices.create',
  effect: 'create',
  refusedCode: 'order.refused',
  unknownCode: 'order.unknown_outcome',
} as const;

test('a refusal tells what is known of it and where the rest stands, and carries the whole apart', () => {
  const exception = { type: 'X', message: 'Customer LIE DAL, ASE is blocked', hasId: false };
  const { failure } = classifyException(exception, CREATE, aManualClock(), createMask(['Åse Lie-Dal']));
  expect(failure.message).toBe(
    '24SevenOffice refused SaveInvoices.create: … is blocked (an operator reads all of it on the invoice’s page)',
  );
  expect(failure.words).toBe('Customer LIE DAL, ASE is blocked');
  expect(JSON.stringify(failure)).not.toContain('LIE');
  expect(Object.values(failure).join()).not.toContain('LIE');
});

test('a refusal that is known as a whole is told as it is', () => {
  const exception = { type: 'X', message: 'Customer is blocked', hasId: false };
  const { failure } = classifyException(exception, CREATE, aManualClock());
  expect(failure.message).toBe('24SevenOffice refused SaveInvoices.create: Customer is blocked');
  expect(failure.words).toBeUndefined();
});
