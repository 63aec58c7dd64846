import { defineService } from './notation.ts';
import { addresses, apiException, arrayOfInt, arrayOfString, phonesAndEmails } from './shared-types.ts';

export const companySchema = defineService({
  name: 'Company',
  path: '/CRM/Company/V001/CompanyService.asmx',
  operations: {
    GetCompanies: {
      request: 'searchParams:CompanySearchParameters; returnProperties:ArrayOfString',
      result: 'GetCompaniesResult:ArrayOfCompany',
    },
    SaveCompanies: { request: 'companies:ArrayOfCompany', result: 'SaveCompaniesResult:ArrayOfCompany' },
  },
  types: {
    CompanySearchParameters: `
      ExternalId:string; CompanyId:int=INTMIN; CompanyIds:ArrayOfInt; CompanyName:string=EMPTY;
      ChangedAfter:dateTime=DATEMIN; CompanyEmail:string=EMPTY; CompanyPhone:string=EMPTY;
      OrganizationNumber:string=EMPTY`,
    ...arrayOfInt,
    ...arrayOfString,
    ArrayOfCompany: 'Company:Company*?',
    Company: `
      APIException:APIException; Id:int=INTMIN; ExternalId:string=EMPTY; OrganizationNumber:string=EMPTY;
      Name:string=EMPTY; FirstName:string=EMPTY; NickName:string=EMPTY; Addresses:Addresses;
      PhoneNumbers:PhoneNumbers; EmailAddresses:EmailAddresses; Url:string=EMPTY; Country:string=EMPTY;
      Note:string=EMPTY; InvoiceLanguage:string=EMPTY; Type:CompanyType=None; Username:string=EMPTY;
      Password:string=EMPTY; IncorporationDate:dateTime=DATEMIN; DateCreated:dateTime=DATEMIN;
      Status:int=INTMIN; PriceList:int=INTMIN; Owner:int=INTMIN; BankAccountNo:string=EMPTY;
      BankAccountType:string=EMPTY; BankAccountCountry:string=EMPTY; BankAccountBic:string=EMPTY;
      TermsOfDeliveryId:int=INTMIN; AccountDebit:short=0; AccountCredit:short=0; Discount:decimal=0.0;
      TypeGroup:int=INTMIN; ShareCapital:decimal=DECMIN; NumberOfEmployees:int=INTMIN;
      Turnover:decimal=DECMIN; Profit:decimal=DECMIN; IndustryId:int=INTMIN; MemberNo:int=INTMIN;
      DateChanged:dateTime=DATEMIN; BlockInvoice:boolean=false; Relations:ArrayOfRelation;
      Maps:ArrayOfCompanyMap; DistributionMethod:DistributionMethod=Unchanged;
      CurrencyId:CurrencyType=LOCAL; PaymentTime:short=SHORTMIN; GlnNumber:string=EMPTY;
      Factoring:boolean?; LedgerCustomerAccount:short=SHORTMIN; LedgerSupplierAccount:short=SHORTMIN;
      VatNumber:string=EMPTY; Private:boolean?; ExplicitlySpecifyNewCompanyId:boolean?`,
    ...apiException,
    ...addresses,
    ...phonesAndEmails,
    ArrayOfRelation: 'Relation:Relation*?',
    Relation: `
      ContactId:int=INTMIN; CompanyId:int=INTMIN; FirstName:string=EMPTY; LastName:string=EMPTY;
      Role:string=EMPTY; RoleId:int=INTMIN; PhoneNumbers:PhoneNumbers; EmailAddresses:EmailAddresses;
      Fax:string=EMPTY`,
    ArrayOfCompanyMap: 'CompanyMap:CompanyMap*?',
    CompanyMap: 'MapType:int!; ExternalId:string; CompanyId:int!',
  },
  enums: {
    CompanyType: 'None, Lead, Consumer, Business, Supplier',
    DistributionMethod: 'Unchanged, Print, EMail, ElectronicInvoice, Default',
    CurrencyType: `
      LOCAL, AED, AFN, ALL, AMD, ANG, AOA, ARS, AUD, AWG, AZN, BAM, BBD, BDT, BGN, BHD, BIF, BMD, BND,
      BOB, BOV, BRL, BSD, BTN, BWP, BYN, BYR, BZD, CAD, CDF, CHE, CHF, CHW, CLF, CLP, CNY, COP, COU, CRC,
      CUC, CUP, CVE, CZK, DJF, DKK, DOP, DZD, EEK, EGP, ERN, ETB, EUR, FJD, FKP, GBP, GEL, GHS, GIP, GMD,
      GNF, GTQ, GYD, HKD, HNL, HRK, HTG, HUF, IDR, ILS, INR, IQD, IRR, ISK, JMD, JOD, JPY, KES, KGS, KHR,
      KMF, KPW, KRW, KWD, KYD, KZT, LAK, LBP, LKR, LRD, LSL, LTL, LVL, LYD, MAD, MDL, MGA, MKD, MMK, MNT,
      MOP, MRO, MTL, MUR, MVR, MWK, MXN, MXV, MYR, MZN, NAD, NGN, NIO, NOK, NPR, NZD, OMR, PAB, PEN, PGK,
      PHP, PKR, PLN, PYG, QAR, RON, RSD, RUB, RWF, SAR, SBD, SCR, SDG, SEK, SGD, SHP, SKK, SLL, SOS, SRD,
      STD, SYP, SZL, THB, TJS, TMT, TND, TOP, TRY, TTD, TWD, TZS, UAH, UGX, USD, UYU, UZS, VEF, VND, VUV,
      WST, XAF, XAG, XAU, XBA, XBB, XBC, XBD, XCD, XDR, XFU, XOF, XPD, XPF, XPT, XTS, XXX, YER, ZAR, ZMK,
      ZWL, ZWD`,
  },
});
