/** Codes about 24SevenOffice as a whole, Redis, and the transfer itself. */
import { row } from './row.ts';

export const SERVICE_CODES = {
  'service.login_refused': row('ops', true, {
    en: [
      "24SevenOffice refused Sharefox's login.",
      'Check our user and its password in 24SevenOffice, then rotate the password here. Waiting jobs go on by themselves.',
    ],
    nb: [
      '24SevenOffice avviste innloggingen til Sharefox.',
      'Kontroller brukeren vår og passordet i 24SevenOffice, og bytt passordet her. Ventende jobber fortsetter av seg selv.',
    ],
    sv: [
      '24SevenOffice avvisade inloggningen för Sharefox.',
      'Kontrollera vår användare och lösenordet i 24SevenOffice och byt lösenordet här. Väntande jobb fortsätter av sig själva.',
    ],
  }),
  'service.identity_blocked': row('support', true, {
    en: [
      "Sharefox's access to the shop's 24SevenOffice account is blocked.",
      'Ask the shop to let our user into its account, then run shop verify. Waiting jobs go on by themselves.',
    ],
    nb: [
      'Tilgangen til butikkens 24SevenOffice-konto er sperret for Sharefox.',
      'Be butikken slippe brukeren vår inn på kontoen, og kjør shop verify. Ventende jobber fortsetter av seg selv.',
    ],
    sv: [
      'Åtkomsten till butikens 24SevenOffice-konto är spärrad för Sharefox.',
      'Be butiken släppa in vår användare på kontot och kör shop verify. Väntande jobb fortsätter av sig själva.',
    ],
  }),
  'service.permission_missing': row('support', true, {
    en: [
      "Sharefox's user lacks a permission in the shop's 24SevenOffice account.",
      'Ask the shop for the right that the message names, then run shop verify. Waiting jobs go on by themselves.',
    ],
    nb: [
      'Brukeren til Sharefox mangler en tillatelse i butikkens 24SevenOffice-konto.',
      'Be butikken om rettigheten meldingen nevner, og kjør shop verify. Ventende jobber fortsetter av seg selv.',
    ],
    sv: [
      'Användaren för Sharefox saknar en behörighet i butikens 24SevenOffice-konto.',
      'Be butiken om rättigheten som meddelandet nämner och kör shop verify. Väntande jobb fortsätter av sig själva.',
    ],
  }),
  'service.unavailable': row('nobody', true, {
    en: [
      '24SevenOffice did not answer properly. The transfer is tried again.',
      'Wait: the worker tries again by itself.',
    ],
    nb: [
      '24SevenOffice svarte ikke som det skulle. Overføringen prøves igjen.',
      'Vent: det prøves igjen av seg selv.',
    ],
    sv: [
      '24SevenOffice svarade inte som det skulle. Överföringen försöks igen.',
      'Vänta: det försöks igen av sig självt.',
    ],
  }),
  'service.quota': row('nobody', true, {
    en: [
      'The hourly number of requests to 24SevenOffice is used up. The transfer waits.',
      'Wait. If it happens every day, order a larger quota from 24SevenOffice.',
    ],
    nb: [
      'Timekvoten med forespørsler til 24SevenOffice er brukt opp. Overføringen venter.',
      'Vent. Skjer det hver dag, bestill en større kvote hos 24SevenOffice.',
    ],
    sv: [
      'Timkvoten med anrop till 24SevenOffice är förbrukad. Överföringen väntar.',
      'Vänta. Händer det varje dag, beställ en större kvot hos 24SevenOffice.',
    ],
  }),
  'service.session_lost': row('nobody', true, {
    en: [
      '24SevenOffice ended the session. The transfer logs in again.',
      'Wait: we log in again by ourselves.',
    ],
    nb: [
      '24SevenOffice avsluttet økten. Overføringen logger inn på nytt.',
      'Vent: vi logger inn igjen av oss selv.',
    ],
    sv: [
      '24SevenOffice avslutade sessionen. Överföringen loggar in igen.',
      'Vänta: vi loggar in igen av oss själva.',
    ],
  }),
  'transfer.busy': row('nobody', true, {
    en: [
      'Another job is working on this invoice or its customer.',
      'Wait: it goes on when the other job has ended.',
    ],
    nb: [
      'En annen jobb arbeider med denne fakturaen eller kunden akkurat nå.',
      'Vent: den fortsetter når den andre jobben er ferdig.',
    ],
    sv: [
      'Ett annat jobb arbetar med fakturan eller kunden just nu.',
      'Vänta: den fortsätter när det andra jobbet är klart.',
    ],
  }),
  'transfer.settling': row('nobody', true, {
    en: [
      'The transfer waits until a search in 24SevenOffice is reliable.',
      'Wait (95 s by default): it goes on by itself.',
    ],
    nb: [
      'Overføringen venter til et oppslag i 24SevenOffice kan stoles på.',
      'Vent, som standard 95 s: den fortsetter av seg selv.',
    ],
    sv: [
      'Överföringen väntar tills en sökning i 24SevenOffice är att lita på.',
      'Vänta, normalt 95 s: den fortsätter av sig själv.',
    ],
  }),
  'store.refused': row('ops', true, {
    en: [
      'Redis refuses our commands: its memory is full, or a right is missing. The transfer waits.',
      'Give Redis more memory, or give our login the right to all commands. Waiting jobs go on by themselves within ten minutes.',
    ],
    nb: [
      'Redis avviser kommandoene våre: minnet er fullt, eller en rettighet mangler. Overføringen venter.',
      'Gi Redis mer minne, eller brukeren vår alle kommandoer; det som venter, fortsetter av seg selv, senest etter ti minutter.',
    ],
    sv: [
      'Redis avvisar våra kommandon: minnet är fullt eller en rättighet saknas. Överföringen väntar.',
      'Ge Redis mer minne, eller vår användare alla kommandon; det som väntar fortsätter av sig självt, senast efter tio minuter.',
    ],
  }),
  'transfer.bug': row('ops', true, {
    en: [
      'The integration has a bug. The log says where.',
      'Read the stack in the log and report it to the developers.',
    ],
    nb: [
      'Integrasjonen gjorde en egen feil. Loggen sier hvor.',
      'Les feilsporingen i loggen og meld den til utviklerne.',
    ],
    sv: [
      'Integrationen gjorde ett eget fel. Loggen säger var.',
      'Läs felspårningen i loggen och rapportera den till utvecklarna.',
    ],
  }),
  'transfer.attempts_exhausted': row('ops', false, {
    en: [
      'The transfer was tried as often as allowed and did not succeed.',
      'Remove the last cause that the message names, then send the invoice again.',
    ],
    nb: [
      'Overføringen ble forsøkt så mange ganger som tillatt uten å lykkes.',
      'Fjern den siste årsaken, som meldingen nevner, og send fakturaen på nytt.',
    ],
    sv: [
      'Överföringen försöktes så många gånger som tillåts utan att lyckas.',
      'Åtgärda den sista orsaken, som meddelandet nämner, och skicka fakturan igen.',
    ],
  }),
  'transfer.expired': row('ops', false, {
    en: [
      'The transfer waited for seven days and was given up.',
      'Remove the cause that the message names, then send the invoice again.',
    ],
    nb: [
      'Overføringen ventet i sju dager og ble gitt opp.',
      'Fjern årsaken meldingen nevner, og send fakturaen på nytt.',
    ],
    sv: [
      'Överföringen väntade i sju dagar och gavs upp.',
      'Åtgärda orsaken som meddelandet nämner och skicka fakturan igen.',
    ],
  }),
} as const;
