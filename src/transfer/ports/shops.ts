/** Connected shops, and what reaches one shop's books. */
import type { ShopSettings } from '../../contract/shop.ts';

/** A shop as connected: what Support said, and what `shop verify` found. */
export interface Shop {
  settings: ShopSettings;
  disabled: boolean;
  /** Set by a passed verify; gone when the account name changes. */
  verified?: VerifiedShop;
  /** Client.Id of the last verification, where that is gone. */
  formerClientId?: string;
}

export interface VerifiedShop {
  /** Identity.Client.Id, a 64-bit number as text: the key of the company's books. */
  clientId: string;
  /** Identity.Id, what we log in with. */
  identityId: string;
  verifiedAt: string;
}

/** What an adapter needs to reach one shop's books. */
export interface ShopAccess {
  shopId: string;
  clientId: string;
  identityId: string;
}

/** What a verification was made for. */
export interface ExpectedShop extends Pick<ShopSettings, 'accountName' | 'clientId'> {
  /** Client.Id that the shop was verified for before. */
  before?: string | undefined;
}

export interface Shops {
  /** Throws NotYet `shop.unreadable` where another version wrote the settings, and this one cannot read them. */
  find(shopId: string): Promise<Shop | undefined>;
  /** @param options.skipsUnreadable else one that cannot be read is thrown: what is compared or kept must be whole */
  list(options?: { skipsUnreadable?: boolean }): Promise<Shop[]>;
  /** Add or replace; a changed account name, or another company named, forgets the verification. Adding enables. */
  save(settings: ShopSettings): Promise<void>;
  /** False, and nothing is done, where the shop is not the expected one any more. */
  markVerified(shopId: string, verified: VerifiedShop, expected: ExpectedShop): Promise<boolean>;
  /** As it was exported. */
  restore(shop: Shop): Promise<void>;
  disable(shopId: string): Promise<boolean>;
}
