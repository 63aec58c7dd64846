/** Which money an order is in. */

/** The company's own currency is written as LOCAL on a customer, and as nothing on an order. */
const isForeign = (symbol: string | undefined, own: string): symbol is string => {
  const code = (symbol ?? '').trim().toUpperCase();
  return code !== '' && code !== 'LOCAL' && code !== own;
};

/**
 * The currency to send with an order: none, unless its customer has a foreign one, which the order might
 * take over. Sent only then, for it is not documented what a symbol of the own currency does; the read-back
 * decides in any case.
 */
export function currencyToSend(customers: string | undefined, own: string): string | undefined {
  return isForeign(customers, own) ? own : undefined;
}

export function currencyDifference(standing: string | undefined, own: string): string | undefined {
  return isForeign(standing, own) ? `currency ${standing.trim()} instead of ${own}` : undefined;
}
