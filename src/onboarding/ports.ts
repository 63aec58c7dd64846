/** What `shop verify` asks of the support user's login. */
import type { ShopAccess } from '../transfer/ports/shops.ts';

export interface Identity {
  identityId: string;
  clientId: string;
  clientName: string;
  isDisabled: boolean;
}

export interface Identities {
  /** Every company the support user may enter; needs no session. Throws Terminal on a refused login. */
  list(): Promise<Identity[]>;
  /** The company the shop's own session stands in. */
  current(access: ShopAccess): Promise<Identity>;
}
