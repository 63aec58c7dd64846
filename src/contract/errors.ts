/**
 * The error catalogue: one row for each failure a user can meet.
 *
 * `owner` is who must act. `retried` says whether the worker tries again by itself before the code shows.
 * The texts are for people who run a rental shop; details (which line, whose reason) come in the message.
 */
export type Owner = 'shop' | 'support' | 'ops' | 'nobody';
export type Language = 'en' | 'nb' | 'sv';

interface CatalogueRow {
  owner: Owner;
  retried: boolean;
  texts: Record<Language, string>;
}

const row = (owner: Owner, retried: boolean, en: string, nb: string, sv: string): CatalogueRow => ({
  owner,
  retried,
  texts: { en, nb, sv },
});

export const ERROR_CATALOGUE = {
  'payload.invalid': row(
    'support',
    false,
    'The invoice could not be read: a field is missing or has a wrong value.',
    'Fakturaen kunne ikke leses: et felt mangler eller har feil verdi.',
    'Fakturan kunde inte läsas: ett fält saknas eller har fel värde.',
  ),
  'invoice.type_not_transferable': row(
    'shop',
    false,
    'Only invoices of type "Data for Accounting" are transferred.',
    'Bare fakturaer av typen "Data for regnskap" overføres.',
    'Bara fakturor av typen "Data för bokföring" överförs.',
  ),
  'invoice.credit_unsupported': row(
    'shop',
    false,
    'Credit notes are not transferred. Make the credit note in 24SevenOffice.',
    'Kreditnotaer overføres ikke. Lag kreditnotaen i 24SevenOffice.',
    'Kreditfakturor överförs inte. Skapa kreditfakturan i 24SevenOffice.',
  ),
  'invoice.currency_mismatch': row(
    'shop',
    false,
    "The invoice's currency is not the shop's currency.",
    'Fakturaens valuta er ikke butikkens valuta.',
    'Fakturans valuta är inte butikens valuta.',
  ),
  'invoice.totals_mismatch': row(
    'support',
    false,
    "The invoice's totals do not agree with its lines. Nothing was sent.",
    'Fakturaens summer stemmer ikke med linjene. Ingenting ble sendt.',
    'Fakturans summor stämmer inte med raderna. Inget skickades.',
  ),
  'invoice.negative_total': row(
    'shop',
    false,
    'The invoice is below zero in total. Make a credit note in 24SevenOffice.',
    'Fakturaen er under null totalt. Lag en kreditnota i 24SevenOffice.',
    'Fakturan är under noll totalt. Skapa en kreditfaktura i 24SevenOffice.',
  ),
  'invoice.nothing_to_send': row(
    'shop',
    false,
    'No line is left to send: all lines have price zero and the shop skips those.',
    'Ingen linje er igjen å sende: alle linjer har pris null, og butikken hopper over dem.',
    'Ingen rad finns kvar att skicka: alla rader har priset noll och butiken hoppar över dem.',
  ),
  'invoice.changed_after_transfer': row(
    'shop',
    false,
    'The invoice was changed after it was transferred. Correct the order in 24SevenOffice.',
    'Fakturaen ble endret etter overføring. Rett ordren i 24SevenOffice.',
    'Fakturan ändrades efter överföringen. Rätta ordern i 24SevenOffice.',
  ),
  'invoice.superseded': row(
    'nobody',
    false,
    'A newer revision of this invoice is known; this one was not sent.',
    'En nyere revisjon av fakturaen er kjent; denne ble ikke sendt.',
    'En nyare version av fakturan är känd; den här skickades inte.',
  ),
  'invoice.not_transferred': row(
    'shop',
    false,
    'This invoice has not been transferred to 24SevenOffice.',
    'Denne fakturaen er ikke overført til 24SevenOffice.',
    'Den här fakturan har inte överförts till 24SevenOffice.',
  ),
  'shop.unknown': row(
    'support',
    false,
    'This shop is not connected to 24SevenOffice.',
    'Denne butikken er ikke koblet til 24SevenOffice.',
    'Den här butiken är inte ansluten till 24SevenOffice.',
  ),
  'shop.not_verified': row(
    'support',
    false,
    "The shop's connection to 24SevenOffice has not been verified.",
    'Butikkens kobling til 24SevenOffice er ikke bekreftet.',
    'Butikens anslutning till 24SevenOffice är inte verifierad.',
  ),
  'shop.disabled': row(
    'support',
    false,
    "The shop's connection to 24SevenOffice is switched off.",
    'Butikkens kobling til 24SevenOffice er slått av.',
    'Butikens anslutning till 24SevenOffice är avstängd.',
  ),
  'customer.ambiguous': row(
    'shop',
    false,
    "Several customers in 24SevenOffice have this invoice's e-mail address. Merge them there, or set the organisation number.",
    'Flere kunder i 24SevenOffice har fakturaens e-postadresse. Slå dem sammen der, eller sett organisasjonsnummer.',
    'Flera kunder i 24SevenOffice har fakturans e-postadress. Slå ihop dem där, eller ange organisationsnummer.',
  ),
  'customer.refused': row(
    'shop',
    false,
    'The service refused the customer.',
    '24SevenOffice avviste kunden.',
    '24SevenOffice avvisade kunden.',
  ),
  'product.refused': row(
    'support',
    false,
    'The service refused the rental product or its category.',
    '24SevenOffice avviste utleieproduktet eller kategorien.',
    '24SevenOffice avvisade uthyrningsprodukten eller dess kategori.',
  ),
  'vat.not_found': row(
    'shop',
    false,
    'The shop has no tax code with this VAT percentage in 24SevenOffice.',
    'Butikken har ingen avgiftskode med denne momssatsen i 24SevenOffice.',
    'Butiken har ingen momskod med den här momssatsen i 24SevenOffice.',
  ),
  'vat.ambiguous': row(
    'support',
    false,
    'Several tax codes have this VAT percentage. Support must choose one for the shop.',
    'Flere avgiftskoder har denne momssatsen. Support må velge én for butikken.',
    'Flera momskoder har den här momssatsen. Support måste välja en för butiken.',
  ),
  'order.refused': row(
    'shop',
    false,
    'The service refused the order.',
    '24SevenOffice avviste ordren.',
    '24SevenOffice avvisade ordern.',
  ),
  'order.totals_mismatch': row(
    'shop',
    false,
    'The order in 24SevenOffice does not agree with the invoice. Compare the two before publishing it.',
    'Ordren i 24SevenOffice stemmer ikke med fakturaen. Sammenlign de to før den publiseres.',
    'Ordern i 24SevenOffice stämmer inte med fakturan. Jämför de två innan den publiceras.',
  ),
  'order.duplicate_found': row(
    'shop',
    false,
    'Two orders for this invoice are in 24SevenOffice. Delete one of them there.',
    'To ordrer for denne fakturaen finnes i 24SevenOffice. Slett den ene der.',
    'Två ordrar för den här fakturan finns i 24SevenOffice. Ta bort den ena där.',
  ),
  'order.mark_disputed': row(
    'support',
    false,
    'An order that may be this invoice has another reference in 24SevenOffice. Someone must say whether it is.',
    'En ordre som kan være denne fakturaen har en annen referanse i 24SevenOffice. Noen må avgjøre om den er det.',
    'En order som kan vara den här fakturan har en annan referens i 24SevenOffice. Någon måste avgöra om den är det.',
  ),
  'order.vanished': row(
    'shop',
    false,
    'The order was created in 24SevenOffice but cannot be found there any more.',
    'Ordren ble opprettet i 24SevenOffice, men finnes ikke lenger der.',
    'Ordern skapades i 24SevenOffice men finns inte längre där.',
  ),
  'order.missing': row(
    'shop',
    false,
    'The transferred order is no longer in 24SevenOffice.',
    'Den overførte ordren finnes ikke lenger i 24SevenOffice.',
    'Den överförda ordern finns inte längre i 24SevenOffice.',
  ),
  'order.not_ours': row(
    'support',
    false,
    'The order named belongs to another invoice.',
    'Den angitte ordren tilhører en annen faktura.',
    'Den angivna ordern tillhör en annan faktura.',
  ),
  'order.unknown_outcome': row(
    'support',
    true,
    'The order was sent but 24SevenOffice did not answer, and it cannot be found. Someone must look.',
    'Ordren ble sendt, men 24SevenOffice svarte ikke, og den finnes ikke. Noen må se etter.',
    'Ordern skickades men 24SevenOffice svarade inte, och den går inte att hitta. Någon måste titta.',
  ),
  'service.login_refused': row(
    'ops',
    true,
    "24SevenOffice refused Sharefox's login.",
    '24SevenOffice avviste innloggingen til Sharefox.',
    '24SevenOffice avvisade inloggningen för Sharefox.',
  ),
  'service.identity_blocked': row(
    'support',
    true,
    "Sharefox's access to the shop's 24SevenOffice account is blocked.",
    'Tilgangen til butikkens 24SevenOffice-konto er sperret for Sharefox.',
    'Åtkomsten till butikens 24SevenOffice-konto är spärrad för Sharefox.',
  ),
  'service.permission_missing': row(
    'support',
    true,
    "Sharefox's user lacks a permission in the shop's 24SevenOffice account.",
    'Brukeren til Sharefox mangler en tillatelse i butikkens 24SevenOffice-konto.',
    'Användaren för Sharefox saknar en behörighet i butikens 24SevenOffice-konto.',
  ),
  'service.unavailable': row(
    'nobody',
    true,
    '24SevenOffice did not answer properly. The transfer is tried again.',
    '24SevenOffice svarte ikke som det skulle. Overføringen prøves igjen.',
    '24SevenOffice svarade inte som det skulle. Överföringen försöks igen.',
  ),
  'service.quota': row(
    'nobody',
    true,
    'The hourly number of requests to 24SevenOffice is used up. The transfer waits.',
    'Timekvoten med forespørsler til 24SevenOffice er brukt opp. Overføringen venter.',
    'Timkvoten med anrop till 24SevenOffice är förbrukad. Överföringen väntar.',
  ),
  'service.session_lost': row(
    'nobody',
    true,
    '24SevenOffice ended the session. The transfer logs in again.',
    '24SevenOffice avsluttet økten. Overføringen logger inn på nytt.',
    '24SevenOffice avslutade sessionen. Överföringen loggar in igen.',
  ),
  'transfer.busy': row(
    'nobody',
    true,
    'Another job works on this invoice or its customer just now.',
    'En annen jobb arbeider med denne fakturaen eller kunden akkurat nå.',
    'Ett annat jobb arbetar med fakturan eller kunden just nu.',
  ),
  'transfer.settling': row(
    'nobody',
    true,
    'The transfer waits until a look into 24SevenOffice can be believed.',
    'Overføringen venter til et oppslag i 24SevenOffice kan stoles på.',
    'Överföringen väntar tills en sökning i 24SevenOffice är att lita på.',
  ),
  'transfer.bug': row(
    'ops',
    true,
    'The integration made a mistake of its own. The log says where.',
    'Integrasjonen gjorde en egen feil. Loggen sier hvor.',
    'Integrationen gjorde ett eget fel. Loggen säger var.',
  ),
  'transfer.attempts_exhausted': row(
    'ops',
    false,
    'The transfer was tried as often as allowed and did not succeed.',
    'Overføringen ble forsøkt så mange ganger som tillatt uten å lykkes.',
    'Överföringen försöktes så många gånger som tillåts utan att lyckas.',
  ),
  'transfer.expired': row(
    'ops',
    false,
    'The transfer waited for seven days and was given up.',
    'Overføringen ventet i sju dager og ble gitt opp.',
    'Överföringen väntade i sju dagar och gavs upp.',
  ),
} as const satisfies Record<string, CatalogueRow>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, code);
}

/** What a person is told; `language` as in the shop's settings, English for any other. */
export function errorText(code: ErrorCode, language: string): string {
  const { texts } = ERROR_CATALOGUE[code];
  const known = language === 'no' ? 'nb' : language;
  return known === 'nb' || known === 'sv' ? texts[known] : texts.en;
}
