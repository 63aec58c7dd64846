import type { Entity } from '../schema/value.ts';
import type { Operation } from './call.ts';

/** Reads without a search: tax codes, VAT types, departments and the company itself. */
export const accountOperations: Record<string, Operation> = {
  GetTaxCodeList: ({ company }) =>
    company.taxCodes.map(
      ({ taxId, taxNo, name, rate, accountNo }): Entity => ({
        TaxId: taxId,
        TaxNo: taxNo,
        TaxName: name,
        TaxRate: rate,
        AccountNo: accountNo ?? null,
      }),
    ),
};

export const clientOperations: Record<string, Operation> = {
  GetClientInformation: ({ company }) => ({
    Country: company.country,
    IsUsingFactoring: false,
    Name: company.name,
    ReminderDays: 14,
    OrganizationNumber: company.organizationNumber === '' ? undefined : company.organizationNumber,
    DefaultCurrency: company.currency,
  }),
  GetVatTypeList: ({ company }) =>
    company.taxCodes.map(({ taxNo, name, rate }): Entity => ({ No: Number(taxNo), Name: name, Rate: rate })),
  GetDepartmentList: ({ company }) =>
    company.departments.map(({ id, name }): Entity => ({ Id: id, Name: name })),
};
