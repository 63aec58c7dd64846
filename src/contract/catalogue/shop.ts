/** Codes about the shop's connection and the customers, products and tax codes in its account. */
import { row } from './row.ts';

export const SHOP_CODES = {
  'shop.unknown': row('support', false, {
    en: [
      'This shop is not connected to 24SevenOffice.',
      'Connect the shop (shop add, shop verify), then send the invoice again.',
    ],
    nb: [
      'Denne butikken er ikke koblet til 24SevenOffice.',
      'Koble til butikken (shop add, shop verify), og send fakturaen på nytt.',
    ],
    sv: [
      'Den här butiken är inte ansluten till 24SevenOffice.',
      'Anslut butiken (shop add, shop verify) och skicka fakturan igen.',
    ],
  }),
  'shop.not_verified': row('support', false, {
    en: [
      "The shop's connection to 24SevenOffice has not been verified.",
      'Run shop verify for the shop, then send the invoice again.',
    ],
    nb: [
      'Butikkens kobling til 24SevenOffice er ikke bekreftet.',
      'Kjør shop verify for butikken, og send fakturaen på nytt.',
    ],
    sv: [
      'Butikens anslutning till 24SevenOffice är inte verifierad.',
      'Kör shop verify för butiken och skicka fakturan igen.',
    ],
  }),
  'shop.disabled': row('support', false, {
    en: [
      "The shop's connection to 24SevenOffice is switched off.",
      'Switch the shop on again (shop add), then send the invoice again.',
    ],
    nb: [
      'Butikkens kobling til 24SevenOffice er slått av.',
      'Slå på butikken igjen (shop add), og send fakturaen på nytt.',
    ],
    sv: [
      'Butikens anslutning till 24SevenOffice är avstängd.',
      'Slå på butiken igen (shop add) och skicka fakturan igen.',
    ],
  }),
  'shop.unreadable': row('support', true, {
    en: [
      "The shop's settings cannot be read by this version. The transfer waits.",
      'Deploy the version that wrote the settings, or add the shop again (shop add). Waiting jobs go on by themselves.',
    ],
    nb: [
      'Butikkens innstillinger kan ikke leses av denne versjonen. Overføringen venter.',
      'Sett i drift versjonen som skrev innstillingene, eller legg til butikken på nytt (shop add); det som venter, fortsetter av seg selv.',
    ],
    sv: [
      'Butikens inställningar kan inte läsas av den här versionen. Överföringen väntar.',
      'Driftsätt versionen som skrev inställningarna, eller lägg till butiken på nytt (shop add); det som väntar fortsätter av sig självt.',
    ],
  }),
  'customer.ambiguous': row('shop', false, {
    en: [
      "Several customers in 24SevenOffice have this invoice's e-mail address. Merge them there, or set the organisation number.",
      'Merge the customers in 24SevenOffice or give the organisation number, then send the invoice again. Support can also choose one on the page of the invoice, or set ambiguousCustomer for the shop.',
    ],
    nb: [
      'Flere kunder i 24SevenOffice har fakturaens e-postadresse. Slå dem sammen der, eller sett organisasjonsnummer.',
      'Slå sammen kundene i 24SevenOffice eller oppgi organisasjonsnummer, og send fakturaen på nytt. Support kan også velge en av dem på siden til fakturaen, eller sette ambiguousCustomer for butikken.',
    ],
    sv: [
      'Flera kunder i 24SevenOffice har fakturans e-postadress. Slå ihop dem där, eller ange organisationsnummer.',
      'Slå ihop kunderna i 24SevenOffice eller ange organisationsnummer och skicka fakturan igen. Supporten kan också välja en av dem på fakturans sida, eller sätta ambiguousCustomer för butiken.',
    ],
  }),
  'customer.pin_gone': row('support', false, {
    en: [
      'The customer that a person has chosen for these invoices is no longer in 24SevenOffice.',
      'Choose another on the page of the invoice, or undo the choice (customer unpin), then send the invoice again.',
    ],
    nb: [
      'Kunden som en person har valgt for disse fakturaene, finnes ikke lenger i 24SevenOffice.',
      'Velg en annen på siden til fakturaen, eller opphev valget (customer unpin), og send fakturaen på nytt.',
    ],
    sv: [
      'Kunden som en person har valt för de här fakturorna finns inte längre i 24SevenOffice.',
      'Välj en annan på fakturans sida, eller upphäv valet (customer unpin), och skicka fakturan igen.',
    ],
  }),
  'customer.refused': row('shop', false, {
    en: [
      '24SevenOffice refused the customer.',
      'Correct the customer in Sharefox as the message says, then send the invoice again.',
    ],
    nb: [
      '24SevenOffice avviste kunden.',
      'Rett kunden i Sharefox slik meldingen sier, og send fakturaen på nytt.',
    ],
    sv: [
      '24SevenOffice avvisade kunden.',
      'Rätta kunden i Sharefox enligt meddelandet och skicka fakturan igen.',
    ],
  }),
  'product.refused': row('support', false, {
    en: [
      '24SevenOffice refused a product or its category.',
      'Make the product by hand in 24SevenOffice, or give our user the right to make it. Then send the invoice again.',
    ],
    nb: [
      '24SevenOffice avviste et produkt eller kategorien.',
      'Lag produktet for hånd i 24SevenOffice, eller gi brukeren vår rett til det, og send fakturaen på nytt.',
    ],
    sv: [
      '24SevenOffice avvisade en produkt eller dess kategori.',
      'Skapa produkten för hand i 24SevenOffice, eller ge vår användare rätten, och skicka fakturan igen.',
    ],
  }),
  'vat.not_found': row('shop', false, {
    en: [
      'The shop has no tax code with this VAT percentage in 24SevenOffice.',
      'Set up a tax code with this percentage in 24SevenOffice, or correct the line; then send the invoice again.',
    ],
    nb: [
      'Butikken har ingen avgiftskode med denne momssatsen i 24SevenOffice.',
      'Opprett en avgiftskode med denne satsen i 24SevenOffice, eller rett linjen, og send fakturaen på nytt.',
    ],
    sv: [
      'Butiken har ingen momskod med den här momssatsen i 24SevenOffice.',
      'Lägg upp en momskod med den här satsen i 24SevenOffice, eller rätta raden, och skicka fakturan igen.',
    ],
  }),
  'vat.ambiguous': row('support', false, {
    en: [
      'Several tax codes have this VAT percentage. Support must choose one for the shop.',
      "Ask the shop which of the named tax codes it uses, put it into vatCodes in the shop's file and run shop add. Then send the invoice again.",
    ],
    nb: [
      'Flere avgiftskoder har denne momssatsen. Support må velge én for butikken.',
      'Spør butikken hvilken av de nevnte avgiftskodene den bruker, før den inn i vatCodes i butikkens fil og kjør shop add; send så fakturaen på nytt.',
    ],
    sv: [
      'Flera momskoder har den här momssatsen. Support måste välja en för butiken.',
      'Fråga butiken vilken av de nämnda momskoderna den använder, skriv in den i vatCodes i butikens fil och kör shop add; skicka sedan fakturan igen.',
    ],
  }),
} as const;
