import { defineService } from './notation.ts';
import { apiException, arrayOfInt, arrayOfString } from './shared-types.ts';

export const productSchema = defineService({
  name: 'Product',
  path: '/Logistics/Product/V001/ProductService.asmx',
  operations: {
    GetProducts: {
      request: 'searchParams:ProductSearchParameters; returnProperties:ArrayOfString',
      result: 'GetProductsResult:ArrayOfProduct',
    },
    SaveProducts: { request: 'products:ArrayOfProduct', result: 'SaveProductsResult:ArrayOfProduct' },
    GetCategories: {
      request: 'returnProperties:ArrayOfString',
      result: 'GetCategoriesResult:ArrayOfCategory',
    },
    SaveCategories: { request: 'categories:ArrayOfCategory', result: 'SaveCategoriesResult:ArrayOfCategory' },
  },
  types: {
    ProductSearchParameters: `
      Id:int=INTMIN; CategoryId:int=INTMIN; No:string=EMPTY; EAN1:string=EMPTY; Name:string=EMPTY;
      Price:decimal=DECMIN; DateChanged:dateTime=DATEMIN; ProductIds:ArrayOfInt`,
    ...arrayOfInt,
    ...arrayOfString,
    ArrayOfProduct: 'Product:Product*?',
    Product: `
      CashPriceIncTax:double=DBLMIN; WebPrice:decimal=DECMIN; SupplierId:int=INTMIN; Id:int=INTMIN;
      Name:string=EMPTY; TaxRate:decimal=DECMIN; Stock:decimal=DECMIN; StatusId:int=INTMIN;
      CategoryId:int=INTMIN; PriceGroupID:int=INTMIN; InPrice:decimal=DECMIN; Description:string=EMPTY;
      DescriptionLong:string=EMPTY; Cost:decimal=DECMIN; EAN1:string=EMPTY; Price:decimal=DECMIN;
      No:string=EMPTY; DateChanged:dateTime=DATEMIN; APIException:APIException; Weight:decimal=DECMIN;
      MinimumStock:decimal=DECMIN; OrderProposal:decimal=DECMIN; StockLocation:string=EMPTY;
      SupplierProductCode:string=EMPTY; SupplierProductName:string=EMPTY; Web:boolean?;
      ProductCode:string=EMPTY; StockControlled:boolean?; NewOffer:boolean?; NewProduct:boolean?`,
    ...apiException,
    ArrayOfCategory: 'Category:Category*?',
    Category: `
      Id:int=INTMIN; Name:string=EMPTY; No:string=EMPTY; ParentId:int=INTMIN; APIException:APIException`,
  },
  enums: {},
});
