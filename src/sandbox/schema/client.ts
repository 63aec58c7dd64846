import { defineService } from './notation.ts';
import { addresses, phonesAndEmails } from './shared-types.ts';

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
    ...addresses,
    ArrayOfFaxNumber: 'FaxNumber:FaxNumber*?',
    FaxNumber: 'Type:FaxNumberType!; Value:string',
    ...phonesAndEmails,
    ArrayOfDepartment: 'Department:Department*?',
    Department: 'Id:int!; Name:string; Addresses:Addresses; Phone:string; Fax:string; Email:string',
    ArrayOfVatType: 'VatType:VatType*?',
    VatType: 'No:int!; Name:string; Rate:decimal!',
  },
  enums: {
    FaxNumberType: 'Unknown, Work',
  },
});
