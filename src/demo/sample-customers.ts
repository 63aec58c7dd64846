/** The demo's customers, as Sharefox holds them. Which of them 24SevenOffice knows, the sandbox's seed says. */
import type { InvoiceTransferInput } from '../contract/jobs.ts';

type Customer = InvoiceTransferInput['customer'];

export const KARI: Customer = {
  isCompany: false,
  firstName: 'Kari',
  lastName: 'Nordmann',
  email: 'Kari.Nordmann@example.no',
  phone: '+47 902 79 664',
  address: 'Brobekkveien 54',
  postcode: '0598',
  city: 'Oslo',
  country: 'Norway',
  prefLanguage: 'no',
};

export const BYGG: Customer = {
  isCompany: true,
  firstName: 'Ingrid',
  lastName: 'Solberg',
  companyName: 'Bygg & Anlegg AS',
  companyOrgNo: '987654321',
  email: 'ingrid.solberg@byggoganlegg.example.no',
  phone: '+47 70 10 20 30',
  address: 'Storgata 12',
  postcode: '6002',
  city: 'Ålesund',
  country: 'Norge',
  prefLanguage: 'no',
};

export const RORBUER: Customer = {
  isCompany: true,
  firstName: 'Sigrid',
  lastName: 'Bø',
  companyName: 'Lofoten Rorbuer AS',
  companyOrgNo: '914 220 352',
  email: 'sigrid@lofotenrorbuer.example.no',
  phone: '+47 76 08 11 22',
  address: 'Hamnøyveien 7',
  postcode: '8390',
  city: 'Reine',
  country: 'Norway',
  prefLanguage: 'no',
};

export const VELFORENING: Customer = {
  isCompany: true,
  firstName: 'Tor',
  lastName: 'Aas',
  companyName: 'Sjøgata Velforening',
  email: 'post@sjogatavel.example.no',
  phone: '+47 411 22 333',
  address: 'Sjøgata 3',
  postcode: '6005',
  city: 'Ålesund',
  country: 'NO',
};

export const ASA: Customer = {
  isCompany: false,
  firstName: 'Åsa',
  lastName: 'Lindström',
  email: 'asa.lindstrom@example.se',
  phone: '+46 70 123 45 67',
  address: 'Kungsgatan 8',
  postcode: '411 19',
  city: 'Göteborg',
  country: 'Sverige',
  prefLanguage: 'sv',
};

export const OLE: Customer = {
  isCompany: false,
  firstName: 'Ole',
  lastName: 'Bråten',
  email: 'ole.braten@example.no',
  phone: '+47 988 77 665',
  address: 'Fjellveien 21',
  postcode: '6011',
  city: 'Ålesund',
  country: 'Norway',
};

export const OLA: Customer = {
  ...OLE,
  firstName: 'Ola',
  lastName: 'Hansen',
  email: 'ola.hansen@example.no',
  address: 'Fjellveien 4',
};

export const DAL: Customer = {
  isCompany: true,
  firstName: 'Jon',
  lastName: 'Dal',
  companyName: 'Dal Entreprenør AS',
  companyOrgNo: 'NO 976 543 210 MVA',
  email: 'jon@dalentreprenor.example.no',
  phone: '+47 55 90 80 70',
  address: 'Industrivegen 40',
  postcode: '5210',
  city: 'Os',
  country: 'Norway',
};

export const NORDLYS: Customer = {
  isCompany: true,
  firstName: 'Marte',
  lastName: 'Hauge',
  companyName: 'Nordlys Event AS',
  companyOrgNo: '925 118 403',
  email: 'marte@nordlysevent.example.no',
  phone: '+47 930 11 220',
  address: 'Storgata 95',
  postcode: '9008',
  city: 'Tromsø',
  country: 'Norway',
};

export const MOEN: Customer = {
  ...KARI,
  firstName: 'Per',
  lastName: 'Moen',
  email: 'familien.moen@example.no',
};
