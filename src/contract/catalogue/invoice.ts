/** Codes about the payload and the invoice. */
import { row } from './row.ts';

export const INVOICE_CODES = {
  'payload.invalid': row('support', false, {
    en: [
      'The invoice could not be read: a field is missing or has a wrong value.',
      'Correct in Sharefox what the path names, then send the invoice again.',
    ],
    nb: [
      'Fakturaen kunne ikke leses: et felt mangler eller har feil verdi.',
      'Rett det stien peker på i Sharefox, og send fakturaen på nytt.',
    ],
    sv: [
      'Fakturan kunde inte läsas: ett fält saknas eller har fel värde.',
      'Rätta i Sharefox det som sökvägen pekar på och skicka fakturan igen.',
    ],
  }),
  'invoice.type_not_transferable': row('shop', false, {
    en: [
      'Only invoices of type "Data for Accounting" are transferred.',
      'Set the invoice\'s type to "Data for Accounting", then send it again.',
    ],
    nb: [
      'Bare fakturaer av typen "Data for regnskap" overføres.',
      'Sett fakturaens type til "Data for regnskap", og send den på nytt.',
    ],
    sv: [
      'Bara fakturor av typen "Data för bokföring" överförs.',
      'Ändra fakturans typ till "Data för bokföring" och skicka den igen.',
    ],
  }),
  'invoice.credit_unsupported': row('shop', false, {
    en: [
      'Credit notes are not transferred. Make the credit note in 24SevenOffice.',
      'Make the credit note in 24SevenOffice.',
    ],
    nb: [
      'Kreditnotaer overføres ikke. Lag kreditnotaen i 24SevenOffice.',
      'Lag kreditnotaen i 24SevenOffice.',
    ],
    sv: [
      'Kreditfakturor överförs inte. Skapa kreditfakturan i 24SevenOffice.',
      'Skapa kreditfakturan i 24SevenOffice.',
    ],
  }),
  'invoice.currency_mismatch': row('shop', false, {
    en: ["The invoice's currency is not the shop's currency.", 'Make this invoice in 24SevenOffice by hand.'],
    nb: ['Fakturaens valuta er ikke butikkens valuta.', 'Lag denne fakturaen for hånd i 24SevenOffice.'],
    sv: ['Fakturans valuta är inte butikens valuta.', 'Skapa den här fakturan för hand i 24SevenOffice.'],
  }),
  'invoice.totals_mismatch': row('support', false, {
    en: [
      "The invoice's totals do not agree with its lines. Nothing was sent.",
      "Find out why the invoice's totals differ from its lines in Sharefox, then send it again.",
    ],
    nb: [
      'Fakturaens summer stemmer ikke med linjene. Ingenting ble sendt.',
      'Finn ut hvorfor fakturaens summer avviker fra linjene i Sharefox, og send den på nytt.',
    ],
    sv: [
      'Fakturans summor stämmer inte med raderna. Inget skickades.',
      'Ta reda på varför fakturans summor avviker från raderna i Sharefox och skicka den igen.',
    ],
  }),
  'invoice.negative_total': row('shop', false, {
    en: [
      'The invoice is below zero in total. Make a credit note in 24SevenOffice.',
      'Make a credit note in 24SevenOffice instead.',
    ],
    nb: [
      'Fakturaen er under null totalt. Lag en kreditnota i 24SevenOffice.',
      'Lag en kreditnota i 24SevenOffice i stedet.',
    ],
    sv: [
      'Fakturan är under noll totalt. Skapa en kreditfaktura i 24SevenOffice.',
      'Skapa en kreditfaktura i 24SevenOffice i stället.',
    ],
  }),
  'invoice.nothing_to_send': row('shop', false, {
    en: [
      'No line is left to send: all lines have price zero and the shop skips those.',
      'Give a line a price and send the invoice again, or leave the invoice out.',
    ],
    nb: [
      'Ingen linje er igjen å sende: alle linjer har pris null, og butikken hopper over dem.',
      'Gi en linje en pris og send fakturaen på nytt, eller utelat fakturaen.',
    ],
    sv: [
      'Ingen rad finns kvar att skicka: alla rader har priset noll och butiken hoppar över dem.',
      'Ge en rad ett pris och skicka fakturan igen, eller utelämna fakturan.',
    ],
  }),
  'invoice.changed_after_transfer': row('shop', false, {
    en: [
      'The invoice was changed after it was transferred. Correct the order in 24SevenOffice.',
      'Correct or credit the order in 24SevenOffice by hand.',
    ],
    nb: [
      'Fakturaen ble endret etter overføring. Rett ordren i 24SevenOffice.',
      'Rett eller krediter ordren for hånd i 24SevenOffice.',
    ],
    sv: [
      'Fakturan ändrades efter överföringen. Rätta ordern i 24SevenOffice.',
      'Rätta eller kreditera ordern för hand i 24SevenOffice.',
    ],
  }),
  'invoice.superseded': row('nobody', false, {
    en: [
      'A newer revision of this invoice is known; this one was not sent.',
      'Nothing: the newer revision counts.',
    ],
    nb: [
      'En nyere revisjon av fakturaen er kjent; denne ble ikke sendt.',
      'Ingenting: den nyere revisjonen gjelder.',
    ],
    sv: [
      'En nyare version av fakturan är känd; den här skickades inte.',
      'Ingenting: den nyare versionen gäller.',
    ],
  }),
  'invoice.not_transferred': row('shop', false, {
    en: ['This invoice has not been transferred to 24SevenOffice.', 'Send the invoice first.'],
    nb: ['Denne fakturaen er ikke overført til 24SevenOffice.', 'Send fakturaen først.'],
    sv: ['Den här fakturan har inte överförts till 24SevenOffice.', 'Skicka fakturan först.'],
  }),
} as const;
