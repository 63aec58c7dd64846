/** A person chooses the customer where several in 24SevenOffice have the invoice's e-mail address. */
import type { InvoiceTransferJob } from '../contract/jobs.ts';
import { customerKeys, customersByEmail, pinKey } from '../domain/customer.ts';
import { admitShop } from './admit.ts';
import type { Decision, JobRun, TransferDeps } from './context.ts';
import type { TransferRecord } from './ports/records.ts';
import { DecisionRefused, decide, told } from './resolve-invoice.ts';

/** For the person's eyes only: kept nowhere, and not logged. */
export interface CustomerCandidate {
  id: number;
  /** As 24SevenOffice has it. */
  name: string;
}

export interface CustomerChoice {
  /** Customers that the invoice could be for; asks 24SevenOffice. Throws TransferFailure. */
  candidates(job: InvoiceTransferJob): Promise<CustomerCandidate[]>;
  /**
   * From now on this Sharefox customer's invoices go to that customer. Sends nothing.
   *
   * Throws DecisionRefused where the invoice was not rejected for it, and where that customer is none of the
   * candidates now; TransferFailure where a look fails.
   */
  choose(job: InvoiceTransferJob, customerId: number, decision: Decision): Promise<void>;
}

/** Whether choosing a customer is what the invoice waits for. */
export const isForChoosing = ({ state, code }: Pick<TransferRecord, 'state' | 'code'>): boolean =>
  state === 'rejected' && (code === 'customer.ambiguous' || code === 'customer.pin_gone');

export function createCustomerChoice(deps: TransferDeps, run: JobRun): CustomerChoice {
  async function candidates({ shopId, customer }: InvoiceTransferJob): Promise<CustomerCandidate[]> {
    const { access } = await admitShop(deps.shops, shopId);
    const found = await deps.booksOf(access).findCustomersByEmail(customerKeys(customer).email);
    return customersByEmail(customer, found).map(({ id, firstName = '', name = '' }) => ({
      id,
      name: `${firstName} ${name}`.trim(),
    }));
  }

  return {
    candidates,
    choose: (job, customerId, decision) =>
      decide(
        deps,
        run,
        { shopId: job.shopId, invoiceId: job.invoice.id },
        'rejected',
        async ({ claim, clientId }) => {
          if (!isForChoosing(claim.record)) {
            throw new DecisionRefused('the invoice was not rejected for its customer; nothing to choose');
          }
          if (!(await candidates(job)).some(({ id }) => id === customerId)) {
            throw new DecisionRefused(
              `customer ${customerId} is not one of those with the invoice's e-mail address; look at them again`,
            );
          }
          const { key } = claim;
          // First who did it, then what it does: nothing is in force that the trail does not tell of.
          await deps.records.note(claim, {}, told('customer chosen', decision, { customerId }));
          await deps.pins.set(key.shopId, pinKey(clientId, job.customer), {
            ...{ clientId, customerId, by: decision.by, invoiceId: key.invoiceId },
            chosenAt: new Date(deps.clock.now()).toISOString(),
          });
          await deps.records.release(claim);
        },
      ),
  };
}
