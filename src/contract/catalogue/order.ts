/** Codes about the order in 24SevenOffice. */
import { row } from './row.ts';

export const ORDER_CODES = {
  'order.refused': row('shop', false, {
    en: [
      '24SevenOffice refused the order.',
      'Correct in Sharefox what the message names, then send the invoice again. A department or project is corrected by Support in the settings of the location that the message names.',
    ],
    nb: [
      '24SevenOffice avviste ordren.',
      'Rett det meldingen nevner i Sharefox, og send fakturaen på nytt. En avdeling eller et prosjekt rettes av Support i innstillingene for stedet som meldingen nevner.',
    ],
    sv: [
      '24SevenOffice avvisade ordern.',
      'Rätta i Sharefox det som meddelandet nämner och skicka fakturan igen. En avdelning eller ett projekt rättas av supporten i inställningarna för platsen som meddelandet nämner.',
    ],
  }),
  'order.totals_mismatch': row('shop', false, {
    en: [
      'The order in 24SevenOffice does not agree with the invoice. Compare the two before publishing it.',
      'Compare the order with the invoice. Correct the order in 24SevenOffice and click again, or let Support accept the difference (invoice resolve).',
    ],
    nb: [
      'Ordren i 24SevenOffice stemmer ikke med fakturaen. Sammenlign de to før den publiseres.',
      'Sammenlign ordren med fakturaen. Rett ordren i 24SevenOffice og klikk på nytt, eller la Support godta avviket (invoice resolve).',
    ],
    sv: [
      'Ordern i 24SevenOffice stämmer inte med fakturan. Jämför de två innan den publiceras.',
      'Jämför ordern med fakturan. Rätta ordern i 24SevenOffice och klicka igen, eller låt supporten godta avvikelsen (invoice resolve).',
    ],
  }),
  'order.currency_mismatch': row('shop', false, {
    en: [
      'The order in 24SevenOffice is in another currency than the invoice.',
      "Set the order's currency in 24SevenOffice and check the customer's, then click again. Or let Support accept it (invoice resolve).",
    ],
    nb: [
      'Ordren i 24SevenOffice er i en annen valuta enn fakturaen.',
      'Rett ordrens valuta i 24SevenOffice, se også på kundens, og klikk på nytt; eller la Support godta den (invoice resolve).',
    ],
    sv: [
      'Ordern i 24SevenOffice är i en annan valuta än fakturan.',
      'Rätta orderns valuta i 24SevenOffice, se även kundens, och klicka igen; eller låt supporten godta den (invoice resolve).',
    ],
  }),
  'order.not_updated': row('shop', false, {
    en: [
      'The order in 24SevenOffice does not show the edited invoice.',
      'Correct the order in 24SevenOffice as the invoice says and click again, or let Support accept it as it is (invoice resolve).',
    ],
    nb: [
      'Ordren i 24SevenOffice viser ikke den endrede fakturaen.',
      'Rett ordren i 24SevenOffice slik fakturaen sier og klikk på nytt, eller la Support godta den som den er (invoice resolve).',
    ],
    sv: [
      'Ordern i 24SevenOffice visar inte den ändrade fakturan.',
      'Rätta ordern i 24SevenOffice så som fakturan säger och klicka igen, eller låt supporten godta den som den är (invoice resolve).',
    ],
  }),
  'order.duplicate_found': row('shop', false, {
    en: [
      '24SevenOffice holds two orders for this invoice. Delete one of them there.',
      'Delete all but one of the orders in 24SevenOffice, or set them to Inactive. Then let Support resolve the invoice with the one that stays.',
    ],
    nb: [
      'To ordrer for denne fakturaen finnes i 24SevenOffice. Slett den ene der.',
      'Slett alle ordrene unntatt én i 24SevenOffice, eller sett dem til Inactive; la så Support løse fakturaen med den som blir igjen.',
    ],
    sv: [
      'Två ordrar för den här fakturan finns i 24SevenOffice. Ta bort den ena där.',
      'Ta bort alla ordrar utom en i 24SevenOffice, eller sätt dem till Inactive; låt sedan supporten lösa fakturan med den som är kvar.',
    ],
  }),
  'order.mark_disputed': row('support', false, {
    en: [
      "An order in 24SevenOffice may be this invoice's, but has another reference. Someone must decide.",
      "Ask the shop whether the order is this invoice's, then resolve the invoice with it (invoice resolve).",
    ],
    nb: [
      'En ordre som kan være denne fakturaen har en annen referanse i 24SevenOffice. Noen må avgjøre om den er det.',
      'Spør butikken om ordren hører til denne fakturaen, og løs fakturaen med den (invoice resolve).',
    ],
    sv: [
      'En order som kan vara den här fakturan har en annan referens i 24SevenOffice. Någon måste avgöra om den är det.',
      'Fråga butiken om ordern hör till den här fakturan och lös fakturan med den (invoice resolve).',
    ],
  }),
  'order.vanished': row('shop', false, {
    en: [
      'The order was created in 24SevenOffice but cannot be found there any more.',
      'Look for the order in 24SevenOffice. If it is there, click again. If it was deleted, let Support allow a new one (invoice resend), then click again.',
    ],
    nb: [
      'Ordren ble opprettet i 24SevenOffice, men finnes ikke lenger der.',
      'Se etter ordren i 24SevenOffice. Er den der, klikk på nytt. Er den slettet, la Support tillate en ny (invoice resend), og klikk på nytt.',
    ],
    sv: [
      'Ordern skapades i 24SevenOffice men finns inte längre där.',
      'Leta efter ordern i 24SevenOffice. Finns den, klicka igen. Är den borttagen, låt supporten tillåta en ny (invoice resend) och klicka igen.',
    ],
  }),
  'order.missing': row('shop', false, {
    en: [
      'The transferred order is no longer in 24SevenOffice.',
      'Find out why the order is gone. For a new one let Support allow it (invoice resend), then click again.',
    ],
    nb: [
      'Den overførte ordren finnes ikke lenger i 24SevenOffice.',
      'Finn ut hvorfor ordren er borte. For en ny må Support tillate det (invoice resend); klikk så på nytt.',
    ],
    sv: [
      'Den överförda ordern finns inte längre i 24SevenOffice.',
      'Ta reda på varför ordern är borta. För en ny måste supporten tillåta det (invoice resend); klicka sedan igen.',
    ],
  }),
  'order.not_ours': row('support', false, {
    en: [
      'The order named belongs to another invoice.',
      'Correct the order number, or look in the company the shop was connected to before.',
    ],
    nb: [
      'Den angitte ordren tilhører en annen faktura.',
      'Rett ordrenummeret, eller se i selskapet butikken var koblet til før.',
    ],
    sv: [
      'Den angivna ordern tillhör en annan faktura.',
      'Rätta ordernumret, eller titta i företaget som butiken var ansluten till förut.',
    ],
  }),
  'order.unknown_outcome': row('support', true, {
    en: [
      'The order was sent but 24SevenOffice did not answer, and it cannot be found. Someone must look.',
      'Search 24SevenOffice for the reference. If the order is there, click again. If not, resolve the invoice as not created (invoice resolve --not-created).',
    ],
    nb: [
      'Ordren ble sendt, men 24SevenOffice svarte ikke, og den finnes ikke. Noen må se etter.',
      'Søk etter referansen i 24SevenOffice. Er ordren der, klikk på nytt. Hvis ikke, løs fakturaen som ikke opprettet (invoice resolve --not-created).',
    ],
    sv: [
      'Ordern skickades men 24SevenOffice svarade inte, och den går inte att hitta. Någon måste titta.',
      'Sök efter referensen i 24SevenOffice. Finns ordern, klicka igen. Annars, lös fakturan som inte skapad (invoice resolve --not-created).',
    ],
  }),
} as const;
