/**
 * What may be shown of the service's free texts: words that are known to name nobody. Any other word may be a name,
 * of whomever: it becomes "…", and the whole text is for the operator alone.
 *
 * The list grows by what operators read on the pages and recordings show (`recording.ts`). A given name or a common
 * surname stays out, whatever else it means: no "mark", "will", "bill", "grant", "may", "dag", "liv", "bo".
 */
import { wordsOfService } from './words.ts';

const MASKED = '…';

const list = (text: string): string[] => text.trim().split(/\s+/);

/** Lower-case words of technical English, then of Norwegian and Swedish. */
const WORDS = new Set([
  ...list(`
    a about above accept acceptable accepted access account accounts action active add added address addresses after
    again all allowed already also amount amounts an and another any api application are argument as assigned at
    attempt attempted attempts attribute authenticated authentication authorised authorization authorized available
    bad balance be because been before being below between blocked boolean both but by call called calls can cannot
    cancelled category changed character characters check closed code codes column combination comes company complete
    conflict connection constraint contact contain contained containing contains content conversion convert could
    create created creating credential credentials credit creditor currency current customer customers data database
    date dates days deadlock debtor decimal decimals default define defined delete deleted demo denied denies
    department details did different digits disabled does document documents done double draft due duplicate during
    each either element elements empty enabled end enough entity entries entry enum error errors exceed exceeded
    exceeds exception exist existing exists expected expired external failed failure fault field fields filter first
    for foreign format found from full function future general get given greater group had has have header headers id
    identical identity ids if ignored in inactive incoming incorrect index information inner input instance integer
    internal invalid invoice invoiced invoices is it its item items key known language last later latest least length
    less letter letters licence license limit limited line lines list locked log logged login long longer lower
    manager mandatory match matches matching maximum member message minimum missing mode module month more most must
    name named names negative network no none not nothing null number numbers numeric object occurred of off offer on
    one only open operation option or order ordered orders organisation organization other our out over overdue
    parameter parameters part password payment period permission permissions please positive postal prefix price
    prices process processed product products project property protected provided provider quantity quarantine query
    quota range rate read recognise recognize recognized receive received record reference referenced referred refused rejected related remove
    removed request requests require required requires reserved reset response restricted result retry returned role
    row rows rule same save saved saving search see send sent server service services session sessions set should
    shorter smaller some specified specify start state status stock string submitted sum support supported syntax
    system tax taxes template temporarily text than that the their then there this throttled time timeout to too total
    transaction try type unable unauthorized under unexpected unhandled unique unit unknown unsupported until update
    updated use used user users using valid validation value values vat version violated violation was week were when
    where which while with within without word words written wrong year you your zero zone
    approved blank bank booked bookkeeping business cause change companies comment countries country deliver
    delivery deny email enter entered fiscal format formatted free future here how hour illegal incomplete ledger
    left like maintenance matched max min minute next notice now occupied old online outside owner own past payable
    pending phone point posted posting problem properly reached reason refund region regulation rejects reports return
    right rights salary sales scheduled second separate shipping simple size so special such supplied supplier test
    things today tomorrow try turned two unavailable used very want way we who why yesterday yet`),
  ...list(`
    aktiv allerede alle av avvist bedrift beløp blokkert bruker den der det dette du eksisterer eller en enhet er et
    faktura fakturaen fakturert feil felt feltet finnes finns fra från får för før gyldig gyldighet
    har ikke ingen inneholder inte kan kategori kontakt kunde kunden kund kunne lager mangler manglende med
    mellom men minst momskode mva må måste når nummer og också oppdatert opprettet ordre ordren order ordern
    organisasjonsnummer påkrevd pris produkt produktet rad rader rettighet rettigheter saknas samme slettet som sperret
    spärrad status støttes sum til tillatt tilgang till tjeneste ugyldig ukjent utan uten valuta var verdi verdien vara
    være ved är`),
]);

/** Capital by nature. */
const PROPER = new Set(
  list(
    '24SevenOffice AllXsd API EHF GLN GUID HTTP IBAN ID KID MVA OCR ORA PDF SOAP SOAPAction SQL URL UTC VAT XML',
  ),
);
const CAMEL_CASE = /^[A-Z]?[a-z]+[A-Z]\w*$|^[A-Z][a-z]+(?:Id|No)$/;
const EXCEPTION = /^[A-Z][A-Za-z0-9]{2,60}Exception$/;

const isIdentifier = (word: string): boolean =>
  PROPER.has(word) || EXCEPTION.test(word) || (CAMEL_CASE.test(word) && wordsOfService().names.has(word));

const isLower = (word: string): boolean => word === word.toLowerCase();
const isPlain = (word: string): boolean => isLower(word) && WORDS.has(word);

/** Whole texts of the service (24seven.md §2.4, §3, §10, §11) that hold words or numbers of their own. */
const SENTENCES: readonly RegExp[] = [
  /^There is an error in XML document( \(\d{1,9}, \d{1,9}\))?\.?$/,
  /^Provided IdentityId is blocked\. Please use GetIdentitiesWithCredential to get a list of available Identities and reauthenticate with a valid IdentityId\.?$/i,
  /^Limit exceeded by \d{1,9}\. Request is blocked\. Quarantine ends at [\d\sTZAPM:./+-]{8,40}$/i,
  /^Instance validation error: '\w{1,40}' is not a valid value for \w{1,40}\.?$/,
];

const WORD = /[\p{L}\p{M}\p{N}_]+/gu;

/**
 * The text with "…" for each word that is not known. A capital letter is known at the start of a sentence alone, before
 * a known word in small letters: "Price is missing", and never "Price, Mark" or "Mark Price".
 */
export function knownWords(message: string): string {
  if (SENTENCES.some((sentence) => sentence.test(message))) return message;
  const words = [...message.matchAll(WORD)];
  let shown = '';
  let from = 0;
  for (const [index, { 0: word, index: start }] of words.entries()) {
    const next = words[index + 1];
    const gap = next === undefined ? '' : message.slice(start + word.length, next.index);
    const leads = next === undefined ? words.length === 1 : gap === ' ' && isKnownInside(next[0]);
    const begins = /(^|[.!?:]\s+)$/.test(message.slice(Math.max(0, start - 5), start));
    const isOpening = begins && leads && /^\p{Lu}\p{Ll}*$/u.test(word) && WORDS.has(word.toLowerCase());
    shown += message.slice(from, start) + (isKnownInside(word) || isOpening ? word : MASKED);
    from = start + word.length;
  }
  return (shown + message.slice(from)).replace(/…(?:[\s,;"'()/&.-]*…)+/g, MASKED);
}

const isKnownInside = (word: string): boolean => isPlain(word) || isIdentifier(word);
