/** Requests for many waiting status checks of one shop, compared with reading the orders one by one. */
import { Queue } from 'bullmq';
import { JOB_RETENTION, STATUS_CHECK, type StatusCheckInput } from '../../../src/contract/jobs.ts';
import { decideMark } from '../../../src/domain/mark.ts';
import type { ShopAccess } from '../../../src/transfer/ports/shops.ts';
import { PREFIX } from '../../support/product.ts';
import { createPlainClient } from './plain-client.ts';
import type { TopicReport } from './report.ts';
import { countByName, type SeenRequest } from './requests-seen.ts';
import { inWorld, type World } from './world.ts';

const CHECKS = 1_000;
const PLAIN_CHECKS = 100;

export async function measureStatusChecks(): Promise<TopicReport> {
  return inWorld({ behaviour: { keepBodies: true } }, async (world) => {
    const access = await world.connectShop();
    const checks = await ordersToCheck(world, access, CHECKS + 1);
    const [first, ...waiting] = checks;
    // Open the shop's session first: the login is not measured.
    if (first !== undefined) await runChecks(world, [first]);

    const ours = await world.requestsOf(() => runChecks(world, waiting));
    const plain = await plainRequests(world, access, waiting.slice(0, PLAIN_CHECKS));
    return {
      topic: 'status',
      conditions: `${CHECKS} status checks of one shop that wait in the queue; plain: ${PLAIN_CHECKS} of them, times ${CHECKS / PLAIN_CHECKS}`,
      rows: [
        {
          what: `requests for ${CHECKS} checks`,
          measured: ours.length,
          unit: '',
          beside: { what: 'plain', measured: (plain.length * CHECKS) / PLAIN_CHECKS },
          aim: { atMost: 3 },
        },
        ...countByName(ours).map(({ name, requests, members }) => ({
          what: `  ${name}`,
          measured: requests,
          unit: `(${members} in them)`,
        })),
      ],
      notes: [`orders in each request: ${ours.map(({ members }) => members).join(', ')}`],
    };
  });
}

/** Orders with our marks, as an earlier transfer leaves them. */
async function ordersToCheck(
  { control }: World,
  { clientId, shopId }: ShopAccess,
  count: number,
): Promise<StatusCheckInput[]> {
  const company = Number(clientId);
  const [customerId = 0] = await control.addCustomers(company, [{ name: 'Kunde AS' }]);
  const invoiceIds = Array.from({ length: count }, (_, index) => `S-${index}`);
  const orderIds = await control.addOrders(
    company,
    invoiceIds.map((invoiceId) => {
      const mark = decideMark({ clientId, shopId, invoiceId });
      return { customerId, reference: mark.reference, externalStatus: mark.externalStatus };
    }),
  );
  return invoiceIds.map((invoiceId, index) => ({
    schemaVersion: 1,
    shopId,
    requestId: `check-${invoiceId}`,
    requestedAt: '2021-01-20T09:00:00Z',
    invoiceId,
    externalOrderId: orderIds[index] ?? 0,
  }));
}

async function runChecks(world: World, checks: StatusCheckInput[]): Promise<void> {
  const queue = new Queue(STATUS_CHECK, { connection: { url: world.redis.url }, prefix: PREFIX });
  try {
    await queue.pause();
    await queue.addBulk(
      checks.map((data) => ({ name: STATUS_CHECK, data, opts: { ...JOB_RETENTION, priority: 1 } })),
    );
    await queue.resume();
    await world.ends.of(
      checks.map(({ requestId }) => requestId),
      'payment.checked',
    );
  } finally {
    await queue.close();
  }
}

async function plainRequests(
  world: World,
  access: ShopAccess,
  checks: StatusCheckInput[],
): Promise<SeenRequest[]> {
  const client = createPlainClient({ baseUrl: world.sandboxUrl, access, session: 'kept' });
  try {
    await client.readOrder(checks[0]?.externalOrderId ?? 0);
    return await world.requestsOf(async () => {
      for (const { externalOrderId } of checks) await client.readOrder(externalOrderId ?? 0);
    });
  } finally {
    client.close();
  }
}
