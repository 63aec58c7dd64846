import type { SandboxControl } from './control.ts';

const names: Record<keyof SandboxControl, true> = {
  addCompany: true,
  addCustomers: true,
  addCategories: true,
  addProducts: true,
  addOrders: true,
  putStored: true,
  books: true,
  requests: true,
  counts: true,
  resetCounts: true,
  violations: true,
  publish: true,
  pay: true,
  deleteOrder: true,
  merge: true,
  setInactive: true,
  editReference: true,
  editPrice: true,
  editCustomer: true,
  unpay: true,
  setPassword: true,
  renameCompany: true,
  blockIdentity: true,
  disableCompany: true,
  denyService: true,
  expireSessions: true,
  revealAll: true,
  inject: true,
  clearFaults: true,
  seedRandom: true,
  configure: true,
  resetQuota: true,
};

export function isControlName(name: string): name is keyof SandboxControl {
  return Object.hasOwn(names, name);
}

/**
 * The control object of a sandbox in another process. A refused call rejects with the sandbox's message.
 *
 * @param url of the sandbox, like `http://127.0.0.1:4724`
 */
export function createControlClient(url: string): SandboxControl {
  async function call(name: string, parameters: unknown[]): Promise<unknown> {
    const response = await fetch(`${url}/_control/${name}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(parameters),
    });
    const answer = (await response.json()) as { result?: unknown; error?: string };
    if (!response.ok) throw new Error(answer.error ?? `control answered ${response.status}`);
    return answer.result ?? undefined;
  }
  return Object.fromEntries(
    Object.keys(names).map((name) => [name, (...parameters: unknown[]) => call(name, parameters)]),
  ) as SandboxControl;
}
