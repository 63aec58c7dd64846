/** The texts of an order, within 24SevenOffice's lengths (24seven.md §7.1, §7.2). */
import type { InvoiceLine, InvoiceTransferJob } from '../contract/jobs.ts';
import type { Warning } from '../contract/results.ts';
import { fitText, startOf } from './text-fit.ts';

const LONGEST_ROW_NAME = 300;
const LONGEST_TITLE = 300;
const LONGEST_TEXT = 750;
const LONGEST_REFERENCE = 100;
const LONGEST_YOUR_REFERENCE = 50;

const CONTACT: Record<string, string> = {
  nb: 'Kontakt',
  nn: 'Kontakt',
  no: 'Kontakt',
  sv: 'Kontakt',
  da: 'Kontakt',
};

const PURCHASE_ORDER: Record<string, string> = {
  nb: 'Bestillingsnummer',
  nn: 'Bestillingsnummer',
  no: 'Bestillingsnummer',
  sv: 'Beställningsnummer',
  da: 'Ordrenummer',
};

/** `Traktor (2021-01-10 - 2021-01-12)`. If that is too long, the name is cut, never the dates. */
export function rowName(
  line: Pick<InvoiceLine, 'name' | 'period'>,
  index: number,
): { name: string; warnings: Warning[] } {
  const period = line.period === undefined ? '' : ` (${line.period.from} - ${line.period.to})`;
  const whole = line.name.trim();
  const fitted = fitText(whole, LONGEST_ROW_NAME - period.length);
  const warnings =
    fitted === whole
      ? []
      : [
          {
            code: 'line.name_shortened',
            path: `lines.${index}.name`,
            message: `line ${index + 1}'s name is longer than the ${LONGEST_ROW_NAME} characters of a row; its end was cut`,
          },
        ];
  return { name: `${fitted}${period}`, warnings };
}

/** Cut at the end of a word, so that the rest can continue in another field. */
function splitAtWord(text: string, max: number): [string, string] {
  const start = startOf(text, max);
  const space = text[start.length] === ' ' ? start.length : start.lastIndexOf(' ');
  const cut = space > max / 2 ? space : start.length;
  return [text.slice(0, cut).trimEnd(), text.slice(cut).trimStart()];
}

/** `Contact: Kari Nordmann. <comment>`: if the customer is a company, its person goes into the comment. */
function commentOf({ invoice, customer }: InvoiceTransferJob, language: string): string {
  const comment = (invoice.comment ?? '').trim();
  if ((customer.companyName ?? '').trim() === '') return comment;
  const person = `${customer.firstName.trim()} ${customer.lastName.trim()}`.trim();
  if (person === '') return comment;
  const contact = `${CONTACT[language] ?? 'Contact'}: ${person}`;
  return comment === '' ? contact : `${contact}. ${comment}`;
}

/** `Bestillingsnummer: 4711` and a line break. ReferenceNumber, its natural place, holds our mark. */
function purchaseOrderLine({ purchaseOrderNumber = '' }: InvoiceTransferJob['invoice'], language: string) {
  const number = purchaseOrderNumber.trim();
  return number === '' ? '' : `${PURCHASE_ORDER[language] ?? 'Purchase order'}: ${number}\n`;
}

export interface OrderTexts {
  yourReference?: string;
  /** The service's comment field. */
  invoiceTitle?: string;
  invoiceText: string;
  warnings: Warning[];
}

/** Comment and references of an order. A comment that is too long for its field continues in the longer text. */
export function orderTexts(job: InvoiceTransferJob, language: string): OrderTexts {
  const warnings: Warning[] = [];
  const warn = (code: string, path: string, message: string) => warnings.push({ code, path, message });
  const reference = job.invoice.orderRef?.trim() || job.invoice.orderId.trim();
  const fittedReference = fitText(reference, LONGEST_REFERENCE);
  if (fittedReference !== reference) {
    const path = job.invoice.orderRef?.trim() ? 'invoice.orderRef' : 'invoice.orderId';
    warn('order.reference_shortened', path, `longer than ${LONGEST_REFERENCE} characters; its end was cut`);
  }
  const buyer = (job.invoice.buyerReference ?? '').trim();
  const yourReference = fitText(buyer, LONGEST_YOUR_REFERENCE);
  if (yourReference !== buyer) {
    const message = `longer than the ${LONGEST_YOUR_REFERENCE} characters of its field; its end was cut`;
    warn('order.buyer_reference_shortened', 'invoice.buyerReference', message);
  }
  const heading = `${purchaseOrderLine(job.invoice, language)}Sharefox ${fittedReference}`;
  const references = { ...(yourReference !== '' && { yourReference }), warnings };
  const comment = commentOf(job, language);
  if (comment === '') return { ...references, invoiceText: heading };
  if (comment.length <= LONGEST_TITLE) return { ...references, invoiceTitle: comment, invoiceText: heading };

  const [start, rest] = splitAtWord(comment, LONGEST_TITLE - 2);
  const text = `${heading}: … ${rest}`;
  const invoiceText = fitText(text, LONGEST_TEXT);
  warn(
    'order.comment_moved',
    'invoice.comment',
    `longer than the ${LONGEST_TITLE} characters of the comment field; it goes on in the invoice text`,
  );
  if (invoiceText !== text) {
    warn('order.comment_shortened', 'invoice.comment', 'longer than both text fields hold; its end was cut');
  }
  return { ...references, invoiceTitle: `${start} …`, invoiceText };
}
