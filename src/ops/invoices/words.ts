/** What to do about an invoice, in the reader's language. */
import { type ErrorCode, errorRemedy, errorText, type Language } from '../../contract/errors.ts';
import type { TransferRecord } from '../../transfer/ports/records.ts';

export const LANGUAGES: Record<Language, string> = { en: 'English', nb: 'Norsk', sv: 'Svenska' };

export const isLanguage = (text: unknown): text is Language =>
  typeof text === 'string' && Object.hasOwn(LANGUAGES, text);

/** The reader's language, as the browser asks for it. */
export function languageOf(accepted = ''): Language {
  const asked = accepted.toLowerCase().matchAll(/[a-z]{2}/g);
  for (const [code] of asked) {
    if (isLanguage(code)) return code;
    if (code === 'no' || code === 'nn') return 'nb';
  }
  return 'en';
}

type Texts = Record<Language, string>;

const DONE: Texts = {
  en: 'Nothing to do: the order is in 24SevenOffice and agrees with the invoice.',
  nb: 'Ingenting å gjøre: ordren står i 24SevenOffice og stemmer med fakturaen.',
  sv: 'Inget att göra: ordern finns i 24SevenOffice och stämmer med fakturan.',
};
const DIFFERS: Texts = {
  en: 'The order was changed in 24SevenOffice after its transfer: compare it with the invoice. Nothing is sent again by itself.',
  nb: 'Ordren ble endret i 24SevenOffice etter overføringen: sammenlign den med fakturaen. Ingenting sendes på nytt av seg selv.',
  sv: 'Ordern ändrades i 24SevenOffice efter överföringen: jämför den med fakturan. Inget skickas igen av sig självt.',
};
const ORDER_GONE: Texts = {
  en: 'The order is not in 24SevenOffice any more. Ask the shop whether it was deleted on purpose. Nothing is sent again by itself.',
  nb: 'Ordren finnes ikke lenger i 24SevenOffice. Spør butikken om den ble slettet med vilje. Ingenting sendes på nytt av seg selv.',
  sv: 'Ordern finns inte längre i 24SevenOffice. Fråga butiken om den raderades med avsikt. Inget skickas igen av sig självt.',
};
const UNDER_WAY: Texts = {
  en: 'Nothing to do: it goes on by itself.',
  nb: 'Ingenting å gjøre: den går videre av seg selv.',
  sv: 'Inget att göra: den fortsätter av sig själv.',
};
const UNRESOLVED: Texts = {
  en: 'An order may be in 24SevenOffice. Look there, put it right, and then decide below. Do not make a new invoice before that.',
  nb: 'Det kan stå en ordre i 24SevenOffice. Se etter der, rett den opp, og bestem så nedenfor. Lag ikke en ny faktura før det.',
  sv: 'Det kan finnas en order i 24SevenOffice. Titta där, rätta den och bestäm sedan nedan. Skapa ingen ny faktura innan dess.',
};
const NO_ORDER: Texts = {
  en: 'No order was made.',
  nb: 'Ingen ordre ble laget.',
  sv: 'Ingen order skapades.',
};

/** What happened, and what to do now. */
export function advice(
  record: Pick<TransferRecord, 'state' | 'code' | 'waitsFor' | 'goneAt' | 'differences'>,
  language: Language,
): { what?: string; todo: string } {
  const { state, code, waitsFor, goneAt, differences } = record;
  const told = (about: ErrorCode | undefined) =>
    about === undefined ? {} : { what: errorText(about, language) };
  const remedy = (about: ErrorCode | undefined, after: string) =>
    about === undefined ? after : `${errorRemedy(about, language)} ${after}`;
  switch (state) {
    case 'transferred':
      if (goneAt !== undefined) return { todo: ORDER_GONE[language] };
      return { todo: (differences === undefined ? DONE : DIFFERS)[language] };
    case 'unresolved':
      return { ...told(code), todo: remedy(code, UNRESOLVED[language]) };
    case 'rejected':
      return { ...told(code), todo: remedy(code, NO_ORDER[language]) };
    default:
      return {
        ...told(waitsFor),
        todo: waitsFor === undefined ? UNDER_WAY[language] : errorRemedy(waitsFor, language),
      };
  }
}
