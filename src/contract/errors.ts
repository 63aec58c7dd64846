/**
 * The error catalogue: one row for each failure that a user can meet, grouped by subject in `catalogue/`.
 *
 * The texts are for people who run a rental shop. Details (which line, 24SevenOffice's reason) come in the
 * message. docs/errors.md is generated from the catalogue (`npm run docs`).
 */
import { INVOICE_CODES } from './catalogue/invoice.ts';
import { ORDER_CODES } from './catalogue/order.ts';
import type { CatalogueRow, Texts } from './catalogue/row.ts';
import { SERVICE_CODES } from './catalogue/service.ts';
import { SHOP_CODES } from './catalogue/shop.ts';

export type { Language, Owner } from './catalogue/row.ts';

export const ERROR_CATALOGUE = {
  ...INVOICE_CODES,
  ...SHOP_CODES,
  ...ORDER_CODES,
  ...SERVICE_CODES,
} satisfies Record<string, CatalogueRow>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, code);
}

function inLanguage(texts: Texts, language: string): string {
  const known = language === 'no' ? 'nb' : language;
  return known === 'nb' || known === 'sv' ? texts[known] : texts.en;
}

/** What happened, for people. `language` as in the shop's settings; English for any that we do not have. */
export const errorText = (code: ErrorCode, language: string): string =>
  inLanguage(ERROR_CATALOGUE[code].texts, language);

/** What its owner does about it. */
export const errorRemedy = (code: ErrorCode, language: string): string =>
  inLanguage(ERROR_CATALOGUE[code].remedies, language);
