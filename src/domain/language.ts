const LANGUAGES: Record<string, string> = {
  no: 'no',
  nb: 'no',
  nn: 'no',
  en: 'en',
  sv: 'sv',
  se: 'sv',
  da: 'da',
  dk: 'da',
};

/** InvoiceLanguage (two letters) of a Sharefox language, which may be a country code (`dk`) or contain one (`nb-NO`). */
export function languageCode(prefLanguage: string | undefined): string | undefined {
  const language = prefLanguage?.trim().toLowerCase().split(/[-_]/)[0] ?? '';
  return Object.hasOwn(LANGUAGES, language) ? LANGUAGES[language] : undefined;
}
