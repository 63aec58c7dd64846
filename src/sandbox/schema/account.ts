import { defineService } from './notation.ts';

export const accountSchema = defineService({
  name: 'Account',
  path: '/Economy/Account/V004/Accountservice.asmx',
  operations: {
    GetTaxCodeList: { request: '', result: 'GetTaxCodeListResult:ArrayOfTaxCodeElement' },
  },
  types: {
    ArrayOfTaxCodeElement: 'TaxCodeElement:TaxCodeElement*?',
    TaxCodeElement: 'TaxId:int!; TaxNo:string; TaxName:string; TaxRate:decimal!; AccountNo:short?',
  },
  enums: {},
});
