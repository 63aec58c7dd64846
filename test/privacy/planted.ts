/** Canaries: texts that stand nowhere else, planted wherever a person or a secret is named. */
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import { anInvoiceInput } from '../support/builders.ts';

export const SECRETS = {
  username: 'albatross@support.sharefox.example',
  password: 'pw-Nattergal-9271',
  applicationId: 'c0ffee00-dead-4000-8000-00000000beef',
  opsPassword: 'ops-Rugdehane-33',
};

/** Unlike in every word, so that a half of one is found, too. */
const PERSON = {
  userId: 'user-Flamingo',
  firstName: 'Zaphira',
  lastName: 'Quillwort',
  companyName: 'Quornbeck & Sønner Maskin AS',
  companyOrgNo: '817 404 502',
  email: 'zaphira.quillwort@canarymail.example',
  phone: '+47 911 22 337',
  address: 'Pumpernikkelgata 77',
  postcode: 'QX7 3ZZ',
  city: 'Xylofonby',
};

/** Named by the service alone, so that no word of theirs was ever sent: short, turned round, in ASCII, of common words. */
export const THIRD_PEOPLE = ['Ek, Bo', 'LIE DAL, ASE', 'Grant Page', 'May Price', 'oe-jensen'];

export const FOUND = new RegExp(
  [
    ...Object.values(SECRETS).map((text) => text.replace(/[.+]/g, '\\$&')),
    'albatross',
    'nattergal',
    'rugdehane',
    'flamingo',
    'zaphira',
    'quillwort',
    'quornbeck',
    'sønner',
    'canarymail',
    '817 ?404 ?502',
    '911 ?22 ?337',
    'pumpernikkel',
    'QX7 3ZZ',
    'xylofon',
    'wigglesworth',
    'kolibri',
    'zeppelin',
    'blåstrupe',
    'pelikan',
    'toppdykker',
    ...THIRD_PEOPLE.map((text) => text.replace(/[.+]/g, '\\$&')),
  ].join('|'),
  'i',
);

type Change = NonNullable<Parameters<typeof anInvoiceInput>[0]>;

/** An invoice that names somebody in every field that may. */
export function planted(id: string, change: Change = {}): InvoiceTransferInput {
  const data = anInvoiceInput({
    requestedBy: 'Wigglesworth, clerk',
    ...change,
    requestId: change.requestId ?? `${id} click`,
    customer: { ...PERSON, ...change.customer },
    invoice: {
      orderRef: 'Kolibri wants it',
      comment: 'Blåstrupe comes at noon',
      ...change.invoice,
      id,
    },
  });
  return {
    ...data,
    lines: data.lines.map((line) => ({ ...line, name: `Zeppelin ${line.id}`, productId: 'prod-Pelikan' })),
  };
}

/** A private person with an e-mail of its own, so that nobody else is meant. */
export const plantedPerson = (id: string, change: Change = {}) =>
  planted(id, {
    ...change,
    customer: {
      isCompany: false,
      companyName: '',
      companyOrgNo: '',
      email: `${id}@canarymail.example`,
      ...change.customer,
    },
  });

/** What cannot be read, and names somebody in values and in keys. */
export const MALFORMED: unknown[] = [
  'Zaphira Quillwort',
  ['Zaphira Quillwort'],
  { 'Zaphira Quillwort': 'Pumpernikkelgata 77' },
  { shopId: 'Zaphira Quillwort', invoice: { id: 'Pumpernikkelgata 77' }, requestId: { a: 'Xylofonby' } },
  { ...planted('bad-key'), 'zaphira.quillwort@canarymail.example': 1 },
  { ...planted('bad-type'), customer: 'Zaphira Quillwort' },
  { ...planted('bad-values'), customer: { ...PERSON, isCompany: 'Zaphira', email: 'Quillwort', phone: [7] } },
  {
    ...planted('bad-line'),
    lines: [{ 'Zaphira Quillwort': { 'Pumpernikkelgata 77': 1 }, vatPercent: 'Xylofonby' }],
  },
  {
    ...planted('bad-enum'),
    invoice: { id: 'bad-enum', type: 'Zaphira', kind: 'Quillwort', currency: 'Xylofonby' },
  },
  { ...planted('bad-version'), schemaVersion: 'Zaphira Quillwort' },
  { ...planted('bad-size'), requestedBy: 'Zaphira Quillwort '.repeat(20_000) },
];
