/** Which currency an order is in. */

/** An account's own currency is LOCAL on a customer, and is left out on an order. */
const isForeign = (symbol: string | undefined, own: string): symbol is string => {
  const code = (symbol ?? '').trim().toUpperCase();
  return code !== '' && code !== 'LOCAL' && code !== own;
};

/**
 * The currency to send with an order: the account's own if the customer has a foreign one, which the order
 * might take over; else none, because it is not documented what sending the account's own does. The read-back
 * checks the currency in any case.
 */
export function currencyToSend(customerCurrency: string | undefined, own: string): string | undefined {
  return isForeign(customerCurrency, own) ? own : undefined;
}

/** What is wrong with an order's currency, if anything. */
export function currencyDifference(orderCurrency: string | undefined, own: string): string | undefined {
  return isForeign(orderCurrency, own) ? `currency ${orderCurrency.trim()} instead of ${own}` : undefined;
}
