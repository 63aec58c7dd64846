import { defineService } from './notation.ts';
import { addresses, apiException, arrayOfInt, arrayOfString } from './shared-types.ts';

export const invoiceSchema = defineService({
  name: 'Invoice',
  path: '/Economy/InvoiceOrder/V001/InvoiceService.asmx',
  operations: {
    GetOrderSyncList: {
      request: 'syncParams:InvoiceSyncParameters',
      result: 'GetOrderSyncListResult:ArrayOfInt',
    },
    GetInvoices: {
      request:
        'searchParams:InvoiceSearchParameters; invoiceReturnProperties:ArrayOfString; rowReturnProperties:ArrayOfString',
      result: 'GetInvoicesResult:ArrayOfInvoiceOrder',
    },
    UpdateInvoices: {
      request: 'invoices:ArrayOfInvoiceOrder',
      result: 'UpdateInvoicesResult:ArrayOfInvoiceOrder',
    },
    SaveInvoices: {
      request: 'invoices:ArrayOfInvoiceOrder',
      result: 'SaveInvoicesResult:ArrayOfInvoiceOrder',
    },
  },
  types: {
    InvoiceSyncParameters: 'ChangedAfter:dateTime=DATEMIN; RegisteredAfter:dateTime!',
    ...arrayOfInt,
    InvoiceSearchParameters: `
      CustomerIds:ArrayOfInt; ChangedAfter:dateTime=DATEMIN; OrderStates:ArrayOfOrderSlipStateType;
      InvoiceIds:ArrayOfInt; OrderIds:ArrayOfInt; ExternalStatus:ArrayOfInt`,
    ArrayOfOrderSlipStateType: 'OrderSlipStateType:OrderSlipStateType*',
    ...arrayOfString,
    ArrayOfInvoiceOrder: 'InvoiceOrder:InvoiceOrder*?',
    InvoiceOrder: `
      OrderId:int=INTMIN; CustomerId:int=INTMIN; CustomerName:string=EMPTY; CustomerDeliveryName:string;
      CustomerDeliveryPhone:string=EMPTY; Addresses:Addresses; OrderStatus:OrderSlipStateType=Web;
      InvoiceId:int=INTMIN; DateOrdered:dateTime=DATEMIN; DateInvoiced:dateTime=DATEMIN;
      DateChanged:dateTime=DATEMIN; PaymentTime:int=INTMIN; CustomerReferenceNo:string=EMPTY;
      ProjectId:int=INTMIN; OurReference:int=INTMIN; IncludeVAT:boolean!?; YourReference:string=EMPTY;
      OrderTotalIncVat:decimal=DECMIN; OrderTotalVat:decimal=DECMIN; InvoiceTitle:string=EMPTY;
      InvoiceText:string=EMPTY; Paid:dateTime=DATEMIN; OCR:string=EMPTY; CustomerOrgNo:string=EMPTY;
      Currency:Currency; PaymentMethodId:int=INTMIN; PaymentAmount:decimal=DECMIN;
      ProductionManagerId:int=INTMIN; SalesOpportunityId:int=INTMIN; TypeOfSaleId:int=INTMIN;
      Distributor:Distributor=Default; DistributionMethod:DistributionMethod=Unchanged;
      DepartmentId:int=INTMIN; ExternalStatus:int=INTMIN; InvoiceEmailAddress:string=EMPTY;
      InvoiceRows:ArrayOfInvoiceRow; APIException:APIException; ProductionNumber:string=EMPTY;
      DeliveryDate:dateTime=DATEMIN; ReferenceInvoiceId:int=INTMIN; ReferenceOrderId:int=INTMIN;
      ReferenceNumber:string=EMPTY; SkipStock:boolean=false; AccrualDate:dateTime=DATEMIN;
      AccrualLength:int=INTMIN; RoundFactor:decimal=DECMIN; InvoiceTemplateId:guid=ZEROGUID;
      VippsNumber:string=EMPTY; DeliveryMethod:DeliveryMethod; DeliveryAlternative:string=EMPTY;
      SendToFactoring:boolean?; Commission:decimal=DECMIN;
      UserDefinedDimensions:ArrayOfUserDefinedDimension; GLNNumber:string=EMPTY;
      CustomerDeliveryId:int=INTMIN`,
    ...addresses,
    Currency: 'Rate:decimal=1; Unit:short=1; Symbol:string=EMPTY',
    ArrayOfInvoiceRow: 'InvoiceRow:InvoiceRow*?',
    InvoiceRow: `
      ProductId:int=INTMIN; RowId:int=INTMIN; VatRate:decimal=DECMIN; Price:decimal=DECMIN;
      Name:string=EMPTY; DiscountRate:decimal=DECMIN; Quantity:decimal=DECMIN;
      QuantityDelivered:decimal=DECMIN; QuantityOrdered:decimal=DECMIN; QuantityRest:decimal=DECMIN;
      Cost:decimal=DECMIN; ChangeState:ChangeState=None; TypeGroupId:int=INTMIN;
      SequenceNumber:short=SHORTMIN; Hidden:boolean=false; Type:RowType=Normal; InPrice:decimal=DECMIN;
      AccrualDate:dateTime=DATEMIN; AccrualLength:int=INTMIN; AccountProject:boolean?;
      ProjectId:int=INTMIN; DepartmentId:int=INTMIN; ProductNo:string=EMPTY; TaxSettings:TaxSettings;
      UserDefinedDimensions:ArrayOfUserDefinedDimension; SerialNumber:string`,
    TaxSettings: 'TaxAccount:int=INTMIN; TaxCode:int=INTMIN; TaxRate:decimal=DECMIN',
    ArrayOfUserDefinedDimension: 'UserDefinedDimension:UserDefinedDimension*?',
    UserDefinedDimension: 'TypeId:int=INTMIN; Name:string=EMPTY; Value:string=EMPTY',
    ...apiException,
    DeliveryMethod: 'Id:int=INTMIN; Description:string=EMPTY',
  },
  enums: {
    OrderSlipStateType: `
      None, Offer, Pack, Invoiced, Web, Repeating, CollectingOrder, Return, Distribution, Rest,
      ForInvoicing, OvertimeRent, Confirmed, OrderState_Sent, Production, PaymentReminder, OnAccount,
      Lending, InvoicedCashAccount, InvoicedPack, Inactive, Hours, OrderState_SuperStore, Draft`,
    Distributor: 'Default, Manual, Auto',
    DistributionMethod: 'Unchanged, Print, EMail, ElectronicInvoice',
    ChangeState: 'None, Add, Edit, Delete',
    RowType: 'Normal, Text, TextBold',
  },
});
