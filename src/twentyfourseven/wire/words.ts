/** The words of 24SevenOffice itself: names and enumerations of our WSDLs, which never name a person. */
import { readFileSync } from 'node:fs';
import { SERVICE_NAMES, wsdlPath } from './services.ts';

export interface Words {
  /** Names of elements, operations and types. */
  names: ReadonlySet<string>;
  /** What an element of an enumerated or boolean type may hold, by its name. */
  values: ReadonlyMap<string, ReadonlySet<string>>;
}

const BOOLEAN = ['true', 'false', '1', '0'];

/** Elements of its full schema that ours leave out: they come where somebody asks for them. */
const FURTHER_NAMES = `
  AccountProject AccrualDate AccrualLength AddressList BankAccount BankAccountBic BankAccountCountry
  BankAccountNo BankAccountType CashPriceIncTax ChangedAfter Commission CompanyId CompanyName CompanyPhone
  ContactId Cost Currency CurrencyId CustomerDeliveryId CustomerDeliveryName CustomerDeliveryPhone CustomerName
  CustomerOrgNo CustomerReferenceNo DateChanged DateCreated DefaultCurrency DeliveryAlternative DeliveryDate
  DeliveryMethod Description DescriptionLong DistributionMethod Distributor EAN1 EmailAddressList EmployeeId
  ExplicitlySpecifyNewCompanyId Factoring FactoringClientNo FactoringText FaxNumberList GLNNumber
  GetClientInformation GetClientInformationResponse GetClientInformationResult GetOrderSyncList
  GetOrderSyncListResponse GetOrderSyncListResult GlnNumber HasSession HasSessionResponse HasSessionResult
  Hidden IBAN InPrice IncorporationDate IndustryId InvoiceIds InvoiceTemplateId IsProtected IsUsingFactoring
  LedgerCustomerAccount LedgerSupplierAccount Maps MemberNo MinimumStock NewOffer NewProduct NickName No Note
  NumberOfEmployees OCR OrderProposal OrderStates OurReference Owner ParentId PaymentAmount PaymentMethodId
  PhoneNumberList PriceGroupID PriceList Private ProductCode ProductIds ProductNo ProductionManagerId
  ProductionNumber Profit QuantityDelivered QuantityOrdered QuantityRest Rate ReferenceInvoiceId
  ReferenceOrderId RegisteredAfter Relations ReminderDays ReminderDays2 ReminderDays3 ResellerId ResellerName
  RoundFactor SalesOpportunityId SendToFactoring SerialNumber Server Servers ShareCapital SkipStock StackTrace
  Status Stock StockControlled StockLocation SupplierId SupplierProductCode SupplierProductName Swift Symbol
  TaxAccount TermsOfDeliveryId Turnover TypeGroup TypeGroupId TypeOfSaleId Unit Url User UserDefinedDimensions
  UserId VatNumber VippsNumber Web WebPrice Weight YourReference syncParams`;
const FURTHER_VALUES: Record<string, readonly string[]> = {
  ...Object.fromEntries(
    [
      'Hidden',
      'IsProtected',
      'IsUsingFactoring',
      'Private',
      'SkipStock',
      'HasSessionResult',
      'Factoring',
    ].map((name) => [name, BOOLEAN]),
  ),
  Distributor: ['Default', 'Manual', 'Auto'],
  DistributionMethod: ['Unchanged', 'Print', 'EMail', 'ElectronicInvoice', 'Default'],
};

function enumerationsOf(wsdl: string): Map<string, string[]> {
  const types = wsdl.matchAll(/<(?:\w+:)?simpleType\s+name="(\w+)"[\s\S]*?<\/(?:\w+:)?simpleType>/g);
  return new Map(
    [...types].map(([body, name = '']) => [
      name,
      [...body.matchAll(/enumeration\s+value="([^"]*)"/g)].map(([, value = '']) => value),
    ]),
  );
}

function readWords(): Words {
  const names = new Set(FURTHER_NAMES.trim().split(/\s+/));
  const values = new Map(Object.entries(FURTHER_VALUES).map(([name, allowed]) => [name, new Set(allowed)]));
  for (const service of SERVICE_NAMES) {
    const wsdl = readFileSync(wsdlPath(service), 'utf8');
    for (const [, name = ''] of wsdl.matchAll(/\bname="(\w+)"/g)) names.add(name);
    const enumerations = enumerationsOf(wsdl);
    for (const [tag] of wsdl.matchAll(/<(?:\w+:)?element\b[^>]*>/g)) {
      const name = /\bname="(\w+)"/.exec(tag)?.[1];
      const type = /\btype="(?:\w+:)?(\w+)"/.exec(tag)?.[1];
      if (name === undefined || type === undefined) continue;
      const allowed = type === 'boolean' ? BOOLEAN : (enumerations.get(type) ?? []);
      if (allowed.length === 0) continue;
      values.set(name, new Set([...(values.get(name) ?? []), ...allowed]));
    }
  }
  return { names, values };
}

let known: Words | undefined;

/** Read from the WSDLs once. */
export function wordsOfService(): Words {
  known ??= readWords();
  return known;
}
