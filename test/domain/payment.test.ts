import { describe, expect, test } from 'vitest';
import { statusResult } from '../../src/contract/results.ts';
import type { Order } from '../../src/domain/books.ts';
import { decideStatus } from '../../src/domain/payment.ts';
import { anOrder } from '../support/builders.ts';

const checkedAt = '2021-02-01T08:00:00Z';
const check = (order: Order | undefined, timeZone = 'Europe/Oslo') => {
  const result = decideStatus(order, 5001, timeZone, checkedAt);
  expect(statusResult.safeParse(result).success).toBe(true);
  return result;
};

describe('check status', () => {
  test('R14: an order with a date of payment is paid', () => {
    const order = anOrder({
      invoiceId: 88,
      dateInvoiced: '2021-01-20T00:00:00',
      paid: '2021-01-31T00:00:00',
    });
    expect(check(order)).toEqual({
      status: 'paid',
      detail: 'paid',
      orderId: 5001,
      invoiceNumber: 88,
      invoicedOn: '2021-01-20',
      paidOn: '2021-01-31',
      checkedAt,
    });
  });

  test('R14: an invoice without one is not paid', () => {
    const order = anOrder({ orderStatus: 'Invoiced', invoiceId: 88, dateInvoiced: '2021-01-20T12:00:00' });
    expect(check(order)).toEqual({
      status: 'not_paid',
      detail: 'invoiced',
      orderId: 5001,
      invoiceNumber: 88,
      invoicedOn: '2021-01-20',
      checkedAt,
    });
  });

  test('an order that is not published is not paid', () => {
    expect(check(anOrder())).toEqual({
      status: 'not_paid',
      detail: 'order_not_invoiced',
      orderId: 5001,
      checkedAt,
    });
  });

  test('the payment of a merged order is unknown to us', () => {
    expect(check(anOrder({ orderStatus: 'InvoicedPack' }))).toMatchObject({
      status: 'not_paid',
      detail: 'merged',
    });
    expect(check(anOrder({ orderStatus: 'InvoicedPack', invoiceId: 88 }))).toMatchObject({
      detail: 'merged',
      invoiceNumber: 88,
    });
  });

  test('a deleted order is not paid', () => {
    expect(check(undefined)).toEqual({
      status: 'not_paid',
      detail: 'order_missing',
      orderId: 5001,
      checkedAt,
    });
  });

  test.each(['Invoiced', 'InvoicedCashAccount', 'OnAccount', 'PaymentReminder', 'Web'])(
    'the status %s alone is never paid',
    (orderStatus) => {
      expect(check(anOrder({ orderStatus, invoiceId: 88 })).status).toBe('not_paid');
    },
  );

  test.each(['0001-01-01T00:00:00', '0001-01-01T00:00:00Z', '', 'yesterday', '0001-01-01'])(
    'a date of payment %j is none',
    (paid) => {
      expect(check(anOrder({ invoiceId: 88, paid }))).toMatchObject({
        status: 'not_paid',
        detail: 'invoiced',
      });
    },
  );

  test.each(['1900-01-01T00:00:00', '1753-01-01T00:00:00Z', '1970-01-01T00:00:00', '1999-12-31T12:00:00'])(
    'nothing before the year 2000 is a payment or a booking: %s',
    (date) => {
      expect(check(anOrder({ invoiceId: 88, paid: date, dateInvoiced: date }))).toEqual({
        status: 'not_paid',
        detail: 'invoiced',
        orderId: 5001,
        invoiceNumber: 88,
        checkedAt,
      });
    },
  );

  test('a date from the year 2000 on is real', () => {
    expect(check(anOrder({ invoiceId: 88, paid: '2000-01-01T00:00:00' }))).toMatchObject({
      status: 'paid',
      paidOn: '2000-01-01',
    });
  });
});

describe('one of the service’s times is a calendar date of the shop', () => {
  test.each([
    ['2021-01-30T23:00:00', 'Europe/Oslo', '2021-01-31'],
    ['2021-06-30T22:00:00', 'Europe/Oslo', '2021-07-01'],
    ['2021-06-30T21:59:59.99', 'Europe/Oslo', '2021-06-30'],
    ['2021-01-31T00:30:00+01:00', 'Europe/Oslo', '2021-01-31'],
    ['2021-01-30T23:30:00Z', 'Europe/Oslo', '2021-01-31'],
    ['2021-01-30T23:30:00Z', 'UTC', '2021-01-30'],
    ['2021-01-31', 'Europe/Oslo', '2021-01-31'],
    ['2021-01-31T03:00:00', 'America/New_York', '2021-01-30'],
  ])('%s in %s is %s', (paid, timeZone, paidOn) => {
    expect(check(anOrder({ paid }), timeZone).paidOn).toBe(paidOn);
  });
});
