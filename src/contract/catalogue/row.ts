/** One row of the error catalogue. */
export type Owner = 'shop' | 'support' | 'ops' | 'nobody';
export type Language = 'en' | 'nb' | 'sv';
export type Texts = Record<Language, string>;

export interface CatalogueRow {
  /** Who must act. */
  owner: Owner;
  /** Whether the worker keeps trying by itself while a job has this code. */
  retried: boolean;
  /** What happened. */
  texts: Texts;
  /** What the owner does about it. */
  remedies: Texts;
}

type Said = Record<Language, readonly [text: string, remedy: string]>;

export function row(owner: Owner, retried: boolean, said: Said): CatalogueRow {
  const pick = (index: 0 | 1): Texts => ({ en: said.en[index], nb: said.nb[index], sv: said.sv[index] });
  return { owner, retried, texts: pick(0), remedies: pick(1) };
}
