import type { Job } from 'bullmq';
import { shopId } from '../src/contract/jobs.ts';

/** Empty where the payload names none. */
export function shopOf(job: Job<unknown> | undefined): string {
  const shop = shopId.safeParse((job?.data as { shopId?: unknown } | undefined | null)?.shopId);
  return shop.success ? shop.data : '';
}
