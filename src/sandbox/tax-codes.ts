import type { TaxCode } from './state.ts';

/**
 * A Norwegian company's usual tax codes. TaxId is the database's own number and never equals TaxNo: code
 * that mixes the two up books visibly wrong VAT. Several codes share 25 % and 0 %.
 */
export const norwegianTaxCodes: TaxCode[] = [
  { taxId: 8, taxNo: '0', name: 'Ingen mva-behandling', rate: '0' },
  { taxId: 9, taxNo: '1', name: 'Inngående mva, høy sats', rate: '25', accountNo: 2710 },
  { taxId: 10, taxNo: '3', name: 'Utgående mva, høy sats', rate: '25', accountNo: 2700 },
  { taxId: 11, taxNo: '5', name: 'Innenlandsk omsetning, fritatt for mva', rate: '0' },
  { taxId: 12, taxNo: '6', name: 'Omsetning utenfor mva-loven', rate: '0' },
  { taxId: 13, taxNo: '7', name: 'Ingen mva-behandling (inntekter)', rate: '0' },
  { taxId: 14, taxNo: '11', name: 'Inngående mva, middels sats', rate: '15', accountNo: 2711 },
  { taxId: 15, taxNo: '13', name: 'Inngående mva, lav sats', rate: '12', accountNo: 2712 },
  { taxId: 16, taxNo: '31', name: 'Utgående mva, middels sats', rate: '15', accountNo: 2701 },
  { taxId: 17, taxNo: '32', name: 'Utgående mva, råfisk', rate: '11.11', accountNo: 2703 },
  { taxId: 18, taxNo: '33', name: 'Utgående mva, lav sats', rate: '12', accountNo: 2702 },
  { taxId: 19, taxNo: '51', name: 'Innenlandsk omsetning med omvendt avgiftsplikt', rate: '0' },
  { taxId: 20, taxNo: '52', name: 'Utførsel av varer og tjenester', rate: '0' },
  { taxId: 21, taxNo: '81', name: 'Innførsel av varer, høy sats', rate: '25', accountNo: 2715 },
  { taxId: 22, taxNo: '86', name: 'Tjenester kjøpt fra utlandet, høy sats', rate: '25', accountNo: 2716 },
];
