import type { CustomerPin, CustomerPins } from '../../../src/transfer/ports/pins.ts';
import type { MemoryServer } from './server.ts';

export function createMemoryPins(server: MemoryServer): CustomerPins {
  const hashOf = (shopId: string) => server.hash(server.keys.pins(shopId));
  const parse = (text: string): CustomerPin => JSON.parse(text);
  return {
    async find(shopId, key) {
      const text = hashOf(shopId).get(key);
      return text === undefined ? undefined : parse(text);
    },
    async set(shopId, key, pin) {
      hashOf(shopId).set(key, JSON.stringify(pin));
    },
    list: async (shopId) => [...hashOf(shopId)].map(([key, text]) => ({ key, ...parse(text) })),
    remove: async (shopId, key) => hashOf(shopId).delete(key),
    async forgetShop(shopId) {
      const { size } = hashOf(shopId);
      server.drop(server.keys.pins(shopId));
      return size;
    },
  };
}
