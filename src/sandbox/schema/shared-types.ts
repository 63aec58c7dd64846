/** Types that several services declare alike. */
export const arrayOfInt = { ArrayOfInt: 'int:int*' };
export const arrayOfString = { ArrayOfString: 'string:string*?' };
export const apiException = { APIException: 'Type:string; Message:string; StackTrace:string' };

export const addresses = {
  Addresses: 'Post:Address; Delivery:Address; Visit:Address; Invoice:Address',
  Address: `
    Street:string; State:string; PostalCode:string; PostalArea:string; Name:string; City:string;
    Country:string`,
};

export const phonesAndEmails = {
  PhoneNumbers: `
    Home:PhoneNumber; Fax:PhoneNumber; Mobile:PhoneNumber; Primary:PhoneNumber; Work:PhoneNumber`,
  PhoneNumber: 'Description:string; Value:string',
  EmailAddresses: `
    Home:EmailAddress; Invoice:EmailAddress; Primary:EmailAddress; Work:EmailAddress;
    Alternative:EmailAddress`,
  EmailAddress: 'Description:string; Name:string; Value:string',
};
