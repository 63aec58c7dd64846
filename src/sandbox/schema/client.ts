import { defineService } from './notation.ts';

/** Client of 24SevenOffice: the operations the sandbox answers and every type they reach. */
export const clientSchema = defineService({
  name: 'Client',
  path: '/Client/V001/ClientService.asmx',
  operations: {
    GetClientInformation: { request: '', result: 'GetClientInformationResult:Client' },
    GetDepartmentList: { request: '', result: 'GetDepartmentListResult:ArrayOfDepartment' },
    GetVatTypeList: { request: '', result: 'GetVatTypeListResult:ArrayOfVatType' },
  },
  types: {
    Client: `
      AddressList:Addresses; Country:string; EmailAddressList:EmailAddresses; FactoringClientNo:string;
      FactoringText:string; FaxNumberList:ArrayOfFaxNumber; IsUsingFactoring:boolean!; Name:string;
      PhoneNumberList:PhoneNumbers; ReminderDays:int!; ReminderDays2:int!; ReminderDays3:int!;
      UserId:long!; BankAccount:string; IBAN:string; OrganizationNumber:string; Swift:string;
      ResellerId:long=LONGMIN; ResellerName:string=EMPTY; DefaultCurrency:string=EMPTY`,
    Addresses: 'Post:Address; Delivery:Address; Visit:Address; Invoice:Address',
    Address: `
      Street:string; State:string; PostalCode:string; PostalArea:string; Name:string; City:string;
      Country:string`,
    EmailAddresses: `
      Home:EmailAddress; Invoice:EmailAddress; Primary:EmailAddress; Work:EmailAddress;
      Alternative:EmailAddress`,
    EmailAddress: 'Description:string; Name:string; Value:string',
    ArrayOfFaxNumber: 'FaxNumber:FaxNumber*?',
    FaxNumber: 'Type:FaxNumberType!; Value:string',
    PhoneNumbers: `
      Home:PhoneNumber; Fax:PhoneNumber; Mobile:PhoneNumber; Primary:PhoneNumber; Work:PhoneNumber`,
    PhoneNumber: 'Description:string; Value:string',
    ArrayOfDepartment: 'Department:Department*?',
    Department: 'Id:int!; Name:string; Addresses:Addresses; Phone:string; Fax:string; Email:string',
    ArrayOfVatType: 'VatType:VatType*?',
    VatType: 'No:int!; Name:string; Rate:decimal!',
  },
  enums: {
    FaxNumberType: 'Unknown, Work',
  },
});
