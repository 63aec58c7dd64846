/** Which currency an order is in. */

/** An account's own currency is LOCAL on a customer, and is left out on an order. */
const isForeign = (symbol: string | undefined, own: string): symbol is string => {
  const code = (symbol ?? '').trim().toUpperCase();
  return code !== '' && code !== 'LOCAL' && code !== own;
};

/**
 * The currency to send with an order: none, unless its customer has a foreign currency, which the order might
 * take over. Otherwise we send none, because it is not documented what the account's own symbol does. The
 * read-back checks the currency in any case.
 */
export function currencyToSend(customers: string | undefined, own: string): string | undefined {
  return isForeign(customers, own) ? own : undefined;
}

export function currencyDifference(standing: string | undefined, own: string): string | undefined {
  return isForeign(standing, own) ? `currency ${standing.trim()} instead of ${own}` : undefined;
}
