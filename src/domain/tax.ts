/** Which of the shop's tax codes belongs to a line's VAT percent. */
import type { InvoiceLine } from '../contract/jobs.ts';
import type { ShopSettings } from '../contract/shop.ts';
import type { TaxCode } from './books.ts';
import { plainDecimal } from './money.ts';
import { type Refusal, refuse } from './refusal.ts';

/** TaxId by normalized VAT percent ("25", "11.11"). */
export type TaxIds = ReadonlyMap<string, number>;

/**
 * TaxNo of Norway's outgoing codes by rate, as in the standard (SAF-T) list. Many other codes have these
 * rates (incoming, import, reverse charge); for 0 % there are several outgoing ones as well.
 */
const STANDARD_OUTGOING: Record<string, readonly string[]> = {
  '25': ['3'],
  '15': ['31'],
  '12': ['33'],
  '11.11': ['32'],
  '0': ['5', '6', '0', '7', '51', '52'],
};

/** "25.00" is "25": the key under which rates are compared. */
export function normalizePercent(percent: string): string {
  return plainDecimal(percent);
}

type TaxedLine = Pick<InvoiceLine, 'vatPercent'> & { number?: number };

/** Line numbers by normalized percent, in the invoice's order. */
function placesByPercent(lines: readonly TaxedLine[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  lines.forEach((line, index) => {
    const percent = normalizePercent(line.vatPercent);
    places.set(percent, [...(places.get(percent) ?? []), line.number ?? index + 1]);
  });
  return places;
}

const name = (code: TaxCode) => `TaxNo ${code.taxNo} (TaxId ${code.taxId}, ${code.name})`;

/** The TaxId that Support set for this percent, if it still exists and has this rate. */
function fromSettings(
  percent: string,
  taxId: number,
  codes: readonly TaxCode[] | 'refused',
): number | Refusal {
  if (codes === 'refused') return taxId;
  const code = codes.find((candidate) => candidate.taxId === taxId);
  if (code !== undefined && normalizePercent(code.rate) === percent) return taxId;
  const why = code === undefined ? 'does not exist' : `has ${normalizePercent(code.rate)} %`;
  return refuse(
    'vat.not_found',
    `the shop's settings name TaxId ${taxId} for ${percent} %, which ${why} in 24SevenOffice; Support must correct vatCodes`,
  );
}

function fromList(percent: string, country: string, codes: readonly TaxCode[] | 'refused'): number | Refusal {
  if (codes === 'refused') {
    return refuse(
      'vat.not_found',
      `24SevenOffice does not show us the shop's tax codes and the settings name none for ${percent} %; Support must set vatCodes`,
    );
  }
  const candidates = codes.filter((code) => normalizePercent(code.rate) === percent);
  const standard =
    country === 'NO' ? candidates.filter((code) => STANDARD_OUTGOING[percent]?.includes(code.taxNo)) : [];
  const [only, ...others] = candidates.length === 1 ? candidates : standard;
  if (only !== undefined && others.length === 0) return only.taxId;
  if (candidates.length === 0) {
    return refuse(
      'vat.not_found',
      `no tax code in 24SevenOffice has ${percent} %; correct the percentage in Sharefox, or add the tax code there`,
    );
  }
  return refuse(
    'vat.ambiguous',
    `several tax codes have ${percent} %: ${(standard.length > 0 ? standard : candidates).map(name).join(', ')}; Support must set one in vatCodes`,
  );
}

/**
 * Decide the tax code of every VAT percent on the invoice.
 *
 * The shop's own `vatCodes` come first; then the only code with that rate; then, in Norway, the only standard
 * outgoing code. We never guess: a wrong code books VAT wrongly without an error.
 *
 * @param lines as sent. A line without `number` has its position as number
 * @param codes `refused` if the support user may not read the list. Then only `vatCodes` counts
 */
export function decideTaxCodes(
  lines: readonly TaxedLine[],
  shop: Pick<ShopSettings, 'vatCodes' | 'country'>,
  codes: readonly TaxCode[] | 'refused',
): { kind: 'ok'; taxIds: TaxIds } | Refusal {
  const settings = new Map(
    Object.entries(shop.vatCodes).map(([percent, taxId]) => [normalizePercent(percent), taxId]),
  );
  const taxIds = new Map<string, number>();
  const refusals: Refusal[] = [];
  for (const [percent, places] of placesByPercent(lines)) {
    const set = settings.get(percent);
    const found =
      set === undefined ? fromList(percent, shop.country, codes) : fromSettings(percent, set, codes);
    if (typeof found === 'number') {
      taxIds.set(percent, found);
    } else {
      const where = places.map((place) => `line ${place} (lines.${place - 1}.vatPercent)`).join(', ');
      refusals.push({ ...found, message: `${where}: ${found.message}` });
    }
  }
  const [first] = refusals;
  if (first === undefined) return { kind: 'ok', taxIds };
  const alike = refusals.filter((refusal) => refusal.code === first.code);
  return refuse(first.code, alike.map((refusal) => refusal.message).join('; '));
}
