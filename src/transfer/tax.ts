/** R11: each line's VAT, looked up by its percentage. */
import type { TaxCode } from '../domain/books.ts';
import { decideTaxCodes, normalizePercent, type TaxIds } from '../domain/tax.ts';
import { Terminal, TransferFailure } from '../errors.ts';
import type { Transfer } from './context.ts';

type TaxCodes = TaxCode[] | 'refused';

/** Asked once a run. Throws Terminal `vat.*`. */
export async function resolveTaxes(transfer: Transfer): Promise<TaxIds> {
  transfer.taxIds ??= await decideTaxes(transfer);
  return transfer.taxIds;
}

/** The next `resolveTaxes` reads the list from 24SevenOffice. */
export async function forgetTaxes(transfer: Transfer): Promise<void> {
  delete transfer.taxIds;
  await transfer.deps.facts.forget(transfer.clientId, 'taxCodes');
}

/** The list is kept per company; a "no" is given only on a list read just now. */
async function decideTaxes(transfer: Transfer): Promise<TaxIds> {
  const { deps, clientId, shop, content } = transfer;
  const decide = (codes: TaxCodes) => decideTaxCodes(content.check.lines, shop, codes);

  const kept = await deps.facts.get(clientId, 'taxCodes');
  if (kept !== undefined) {
    const decision = decide(JSON.parse(kept) as TaxCodes);
    if (decision.kind === 'ok') return decision.taxIds;
  } else if (coveredBySettings(transfer)) {
    const decision = decide('refused');
    if (decision.kind === 'ok') return decision.taxIds;
  }
  const decision = decide(await readTaxCodes(transfer));
  if (decision.kind === 'ok') return decision.taxIds;
  throw new Terminal(decision.code, decision.message);
}

function coveredBySettings({ shop, content }: Transfer): boolean {
  const percents = new Set(Object.keys(shop.vatCodes).map(normalizePercent));
  return content.check.lines.every((line) => percents.has(normalizePercent(line.vatPercent)));
}

/** The Invoicing package alone may not open the list; then the shop's settings are all there is. */
async function readTaxCodes({ books, deps, clientId }: Transfer): Promise<TaxCodes> {
  const codes = await books.listTaxCodes().catch((error: unknown): TaxCodes => {
    if (error instanceof TransferFailure && error.code === 'service.permission_missing') return 'refused';
    throw error;
  });
  await deps.facts.set(clientId, 'taxCodes', JSON.stringify(codes));
  return codes;
}
