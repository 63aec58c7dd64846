/** Questions about searches: exact or containing, case, slots, spaces, wildcards. */
import { any, type Inquiry, oneOf, type Probe, Untold } from './inquiry.ts';
import { all, child, type Element, textOf } from './port.ts';
import { aCustomer, anOrder } from './readings.ts';
import { customers, EMAIL_SLOTS, nameOf, product, products } from './things.ts';

const otherCase = (text: string) =>
  [...text]
    .map((letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))
    .join('');
const part = (text: string) => text.slice(1, -1);
/** One letter in the middle replaced by the wildcard of one letter. */
function wild(text: string): string {
  const at = [...text].findIndex((letter, index) => index > 1 && /[a-z0-9]/i.test(letter));
  return `${text.slice(0, at)}_${text.slice(at + 1)}`;
}

type Finds = (text: string) => Promise<boolean>;

/** Exact or containing, and whether case matters. */
async function semantics(text: string, finds: Finds): Promise<string> {
  if (!(await finds(text))) throw new Untold('the whole text does not find it');
  const kind = (await finds(part(text))) ? 'contains' : 'exact';
  return (await finds(otherCase(text))) ? kind : `${kind}_case`;
}

const hits = (elements: Element[], id: string | undefined) =>
  elements.some((each) => textOf(each, 'Id') === id);

async function subject(probe: Probe) {
  const customer = await aCustomer(probe);
  const id = textOf(customer, 'Id');
  const slots = child(customer, 'EmailAddresses');
  const emails = EMAIL_SLOTS.flatMap((slot) => {
    const email = textOf(child(slots, slot), 'Value');
    return email === undefined || email === '' ? [] : [{ slot, email }];
  });
  const byEmail: Finds = async (text) => hits(await customers(probe, { CompanyEmail: text }), id);
  const byNumber: Finds = async (text) => hits(await customers(probe, { OrganizationNumber: text }), id);
  return { emails, byEmail, byNumber, organizationNumber: textOf(customer, 'OrganizationNumber') ?? '' };
}

async function aProduct(probe: Probe): Promise<{ name: string; finds: Finds }> {
  let id: string;
  let name: string | undefined;
  if (probe.canWrite) {
    id = String(await product(probe));
    name = nameOf(probe, 'product');
  } else {
    const row = all(await anOrder(probe), 'InvoiceRow').find(
      (each) => Number(textOf(each, 'ProductId') ?? 0) > 0,
    );
    if (row === undefined) throw new Untold('the order that was looked at has no product');
    id = textOf(row, 'ProductId') ?? '';
    const [found] = await products(probe, { ProductIds: { int: [Number(id)] } });
    name = textOf(found, 'Name');
  }
  if (name === undefined || name.length < 4) throw new Untold('the name of the product is too short');
  return { name, finds: async (text) => hits(await products(probe, { Name: text }), id) };
}

export const SEARCHES: readonly Inquiry[] = [
  {
    id: 'email-search',
    section: '4',
    question:
      'Does CompanyEmail find exactly or anywhere, does case matter, and in which slots does it look?',
    decision: 'Searched in lower case and compared whole by us; Work and Invoice are written',
    file: 'src/domain/customer.ts',
    holds: {
      emailSearch: oneOf('contains', 'exact'),
      emailSlots: (value) => ['Work', 'Invoice'].every((slot) => (value as string[]).includes(slot)),
    },
    async ask(probe) {
      const { emails, byEmail } = await subject(probe);
      if (emails.length === 0) throw new Untold('the customer that was looked at has no e-mail');
      const found: string[] = [];
      for (const { slot, email } of emails) if (await byEmail(email)) found.push(slot);
      const first = emails.find(({ slot }) => slot === found[0]);
      if (first === undefined) throw new Untold('no slot is searched');
      const kind = await semantics(first.email, byEmail);
      return {
        tried: 'each e-mail of a customer; one of them in parts and in another case',
        came: `${kind}; found in ${found.join(', ')} of ${emails.length} slots`,
        found: { emailSearch: kind, ...(emails.length === EMAIL_SLOTS.length && { emailSlots: found }) },
      };
    },
  },
  {
    id: 'number-search',
    section: '4',
    question: 'Do spaces matter in a search by organisation number?',
    decision: 'Searched with digits only',
    file: 'src/domain/customer.ts',
    holds: { organizationNumberSearch: oneOf('spaces_ignored') },
    async ask(probe) {
      const { byNumber, organizationNumber } = await subject(probe);
      const digits = organizationNumber.replace(/\s/g, '');
      if (digits === organizationNumber)
        throw new Untold('the customer that was looked at has no number with spaces');
      const isLoose = await byNumber(digits);
      const inPart = isLoose ? false : await byNumber(part(organizationNumber));
      const kind = isLoose ? 'spaces_ignored' : inPart ? 'contains' : 'exact';
      return {
        tried: 'a number that is stored with spaces: without them, and a part of it',
        came: kind,
        found: { organizationNumberSearch: kind },
      };
    },
  },
  {
    id: 'product-search',
    section: '5',
    question: 'Does a search by product name find exactly or anywhere, and does case matter?',
    decision: 'Compared by us: exactly, then without case',
    file: 'src/domain/product.ts',
    holds: { productNameSearch: oneOf('contains', 'exact') },
    async ask(probe) {
      const { name, finds } = await aProduct(probe);
      const kind = await semantics(name, finds);
      return {
        tried: 'a name whole, in part and in another case',
        came: kind,
        found: { productNameSearch: kind },
      };
    },
  },
  {
    id: 'wildcards',
    section: '4',
    question: 'Are % and _ wildcards in searches?',
    decision: 'A wildcard only brings more; every hit is compared by us',
    file: 'src/twentyfourseven/operations.ts',
    holds: { wildcards: any },
    async ask(probe) {
      const { name, finds } = await aProduct(probe);
      const inNames = await finds(wild(name));
      const { emails, byEmail } = await subject(probe);
      let inEmails = false;
      for (const { email } of emails) {
        if (inEmails || !(await byEmail(email))) continue;
        inEmails = await byEmail(wild(email));
        break;
      }
      const kind = inEmails ? 'everywhere' : inNames ? 'names' : 'nowhere';
      return {
        tried: 'a product name and an e-mail with _ for a letter',
        came: kind,
        found: { wildcards: kind },
      };
    },
  },
];
