/** The stream that Sharefox reads. */
import type { EventType, StatusResult } from '../../contract/results.ts';
import type { RecordKey } from './records.ts';

export interface Events {
  /** One `payment.checked` per request and job: a job run again adds none. */
  paymentChecked(key: RecordKey, requestId: string, result: StatusResult, jobId?: string): Promise<void>;
}

export interface EventFields {
  type: EventType;
  shopId: string;
  invoiceId: string;
  requestId: string;
  at: string;
  body: string;
}
