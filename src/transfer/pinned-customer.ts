/** The customer that a person has chosen for this invoice's: looked up before any search. */
import type { Customer } from '../domain/books.ts';
import { isOtherCompany, pinKey } from '../domain/customer.ts';
import { Terminal } from '../errors.ts';
import type { Transfer } from './context.ts';
import type { CustomerPin } from './ports/pins.ts';

/** A chosen customer is no longer in 24SevenOffice. Never a reason to guess another. */
export class PinGone extends Terminal {
  readonly customerId: number;

  constructor({ customerId }: CustomerPin, shopId: string, key: string) {
    super(
      'customer.pin_gone',
      `customer ${customerId}, which a person has chosen, is no longer in 24SevenOffice; choose another on the invoice's page, or undo it: customer unpin ${shopId} ${key}`,
    );
    this.customerId = customerId;
  }
}

/**
 * @returns undefined where nobody has chosen, where the choice was made in another company's books, and where the
 *   invoice's organisation number is another than the chosen customer's: then the invoice is for somebody else
 *
 * Throws PinGone.
 */
export async function findPinned(transfer: Transfer): Promise<Customer | undefined> {
  const { deps, books, clientId, content, claim } = transfer;
  const { customer } = content.job;
  const { shopId } = claim.key;
  const key = pinKey(clientId, customer);
  const pin = await deps.pins.find(shopId, key);
  if (pin === undefined || pin.clientId !== clientId) return undefined;
  const chosen = await books.getCustomer(pin.customerId);
  if (chosen === undefined) throw new PinGone(pin, shopId, key);
  return isOtherCompany(chosen, customer) ? undefined : chosen;
}
