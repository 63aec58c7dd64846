/** Books of the outside server, from its control page. */
export type Row = {
  RowId: number;
  ProductId: number;
  Name: string;
  Price: string;
  Quantity: string;
  Discount: string;
  VatRate: string;
  Type: string;
  TaxCode: number;
  SequenceNumber: number;
};

export type Order = {
  OrderId: number;
  CustomerId: number;
  OrderStatus: string;
  InvoiceId: number;
  DateOrdered: string | null;
  PaymentTime: number;
  IncludeVAT: boolean | null;
  InvoiceTitle: string;
  InvoiceText: string;
  YourReference: string;
  ReferenceNumber: string;
  ExternalStatus: number;
  DeliveryDate: string | null;
  Paid: string | null;
  Total: string;
  Vat: string;
  Rows: Row[];
};

type Slot = { Value: string } | null;
export type Customer = {
  Id: number;
  Name: string;
  FirstName: string;
  OrganizationNumber: string;
  Type: string;
  PaymentTime: number;
  Discount: string;
  EmailAddresses: { Work: Slot; Invoice: Slot; Home: Slot; Primary: Slot } | null;
  Addresses: { Post: { Street: string; PostalCode: string; City: string; Country: string } | null } | null;
};

export type Company = {
  client: number;
  name: string;
  customers: Customer[];
  orders: Order[];
  products: { Id: number; Name: string; CategoryId: number }[];
  categories: { Id: number; Name: string }[];
};

export type Books = {
  calls: Record<string, number>;
  invalid: string[];
  companies: Company[];
  faults: { Operation: string; Kind: string; Times: number; Met: number }[];
};

export type Office = ReturnType<typeof officeAt>;

/** The control page of the server at `url`. */
export const officeAt = (url: string) => {
  const page = `${url}/control.ashx`;
  const books = async (): Promise<Books> => (await (await fetch(page)).json()) as Books;
  return {
    books,
    act: async (what: Record<string, unknown>): Promise<unknown> => {
      const answer = await fetch(page, { method: 'POST', body: JSON.stringify(what) });
      if (!answer.ok) throw new Error(`control page: ${answer.status} to ${JSON.stringify(what)}`);
      return answer.json();
    },
    company: async (client: number): Promise<Company> => {
      const found = (await books()).companies.find((company) => company.client === client);
      if (found === undefined) throw new Error(`no company ${client}`);
      return found;
    },
  };
};
