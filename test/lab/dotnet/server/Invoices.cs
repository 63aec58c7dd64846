using System;
using System.Collections.Generic;
using System.Linq;
using Invoice;

namespace Lab {
  public class Invoices : Invoice.InvoiceService {
    static readonly string[] Kept = { "Paid", "InvoiceId", "DateInvoiced", "OrderTotalIncVat", "OrderTotalVat", "PaymentAmount", "DateChanged" };

    static APIException Problem(string type, string message) {
      return new APIException { Type = "Office24Seven.Library." + type, Message = message, StackTrace = "   at Office24Seven.Library.Save()" };
    }

    static bool Has(Array list) { return list != null && list.Length > 0; }

    /// Several parameters mean all of them. Rows come only where InvoiceRows is asked for.
    protected override InvoiceOrder[] DoGetInvoices(InvoiceSearchParameters s, string[] invoiceReturnProperties, string[] rowReturnProperties) {
      Watch.Count("GetInvoices");
      var office = Who.Asks(Session);
      Trouble.Before("GetInvoices");
      if (s == null || !(Has(s.CustomerIds) || Has(s.OrderIds) || Has(s.InvoiceIds) || Has(s.OrderStates) || Has(s.ExternalStatus) || s.ChangedAfter != DateTime.MinValue))
        throw new Refused("Please specify at least one search parameter");
      lock (World.Lock) {
        return office.Orders.Values.Where(o =>
          (!Has(s.CustomerIds) || s.CustomerIds.Contains(o.CustomerId)) && (!Has(s.OrderIds) || s.OrderIds.Contains(o.OrderId))
          && (!Has(s.InvoiceIds) || s.InvoiceIds.Contains(o.InvoiceId)) && (!Has(s.OrderStates) || s.OrderStates.Contains(o.OrderStatus))
          && (!Has(s.ExternalStatus) || s.ExternalStatus.Contains(o.ExternalStatus)) && o.DateChanged >= s.ChangedAfter
        ).Select(o => {
          var picked = Shape.Pick(o, invoiceReturnProperties);
          if (picked.InvoiceRows != null) picked.InvoiceRows = picked.InvoiceRows.Select(r => Shape.Pick(r, rowReturnProperties)).ToArray();
          return picked;
        }).ToArray();
      }
    }

    /// Why an order is refused, or null. A TaxCode is a TaxId of this company.
    static APIException Objection(Office office, InvoiceOrder sent, InvoiceOrder kept) {
      if (sent.OrderId != int.MinValue && kept == null) return Problem("Core.ParameterNotFoundException", "Order " + sent.OrderId + " does not exist");
      if (kept != null && kept.InvoiceId != int.MinValue) return Problem("Core.ArgumentException", "Order " + sent.OrderId + " is invoiced");
      if (kept == null && !office.Customers.ContainsKey(sent.CustomerId)) return Problem("Core.ParameterNotFoundException", "Customer " + sent.CustomerId + " does not exist");
      var long_ = Shape.TooLong(sent.CustomerName, 100, sent.YourReference, 50, sent.InvoiceTitle, 300, sent.InvoiceText, 750, sent.ReferenceNumber, 50, sent.InvoiceEmailAddress, 250);
      if (long_ != null) return Problem("Data.DataBaseServerException", long_);
      foreach (var row in sent.InvoiceRows ?? new InvoiceRow[0]) {
        if (Shape.TooLong(row.Name, 300) != null) return Problem("Data.DataBaseServerException", Shape.TooLong(row.Name, 300));
        var isEdit = kept != null && row.ChangeState != ChangeState.Add;
        if (isEdit && row.ChangeState != ChangeState.None && !kept.InvoiceRows.Any(r => r.RowId == row.RowId))
          return Problem("Core.ParameterNotFoundException", "Row " + row.RowId + " does not exist");
        if (!isEdit && row.Type == RowType.Normal && !office.Products.ContainsKey(row.ProductId)) return Problem("Core.ParameterNotFoundException", "Product " + row.ProductId + " does not exist");
        if (row.TaxSettings != null && row.TaxSettings.TaxCode != int.MinValue && !office.TaxCodes.Any(t => t.TaxId == row.TaxSettings.TaxCode))
          return Problem("Core.ParameterNotFoundException", "TaxCode " + row.TaxSettings.TaxCode + " does not exist");
      }
      return null;
    }

    static InvoiceRow NewRow(Office office, InvoiceRow sent) {
      var row = Shape.Copy(sent);
      row.RowId = office.Next("row", 100001);
      row.ChangeState = ChangeState.None;
      return row;
    }

    /// Row by row as ChangeState says; a row without one is left as it is.
    static void Rows(Office office, InvoiceOrder kept, InvoiceRow[] sent) {
      var rows = kept.InvoiceRows.ToList();
      foreach (var row in sent) {
        var old = rows.FirstOrDefault(r => r.RowId == row.RowId);
        if (row.ChangeState == ChangeState.Add) rows.Add(NewRow(office, row));
        if (row.ChangeState == ChangeState.Delete) rows.Remove(old);
        if (row.ChangeState == ChangeState.Edit) { Shape.Merge(old, row); old.ChangeState = ChangeState.None; }
      }
      kept.InvoiceRows = rows.ToArray();
    }

    /// Exact to the fourth decimal; nothing is rounded to the øre before it is added.
    internal static void Total(Office office, InvoiceOrder order) {
      decimal net = 0, vat = 0;
      foreach (var row in order.InvoiceRows) {
        var hasCode = row.TaxSettings != null && row.TaxSettings.TaxCode != int.MinValue;
        var rate = hasCode ? office.TaxCodes.First(t => t.TaxId == row.TaxSettings.TaxCode).TaxRate : 25m;
        row.VatRate = Shape.Money(rate);
        row.Price = Shape.Money(Value(row.Price));
        row.Quantity = Shape.Money(Value(row.Quantity));
        row.DiscountRate = Shape.Money(Value(row.DiscountRate));
        var sum = row.Type == RowType.Normal ? row.Price * row.Quantity * (100 - row.DiscountRate) / 100 : 0;
        var without = order.IncludeVAT == true ? sum * 100 / (100 + rate) : sum;
        net += without;
        vat += order.IncludeVAT == true ? sum - without : without * rate / 100;
      }
      order.OrderTotalVat = Shape.Money(vat);
      order.OrderTotalIncVat = Shape.Money(net + vat);
    }

    static decimal Value(decimal d) { return d == decimal.MinValue ? 0 : d; }

    static InvoiceOrder Save(Office office, InvoiceOrder sent) {
      InvoiceOrder kept = null;
      if (sent.OrderId != int.MinValue) office.Orders.TryGetValue(sent.OrderId, out kept);
      sent.APIException = Objection(office, sent, kept);
      if (sent.APIException != null) return sent;
      foreach (var field in Kept) typeof(InvoiceOrder).GetProperty(field).SetValue(sent, typeof(InvoiceOrder).GetProperty(field).GetValue(new InvoiceOrder()));
      var isNew = kept == null;
      if (isNew) kept = new InvoiceOrder { OrderId = office.Next("order", 4001), InvoiceRows = new InvoiceRow[0], DateOrdered = World.Now() };
      var rows = sent.InvoiceRows;
      sent.InvoiceRows = null;
      Shape.Merge(kept, sent);
      kept.OrderStatus = sent.OrderStatus;
      if (kept.CustomerName == "") kept.CustomerName = office.Customers[kept.CustomerId].Name;
      if (isNew) kept.InvoiceRows = (rows ?? new InvoiceRow[0]).Select(r => NewRow(office, r)).ToArray();
      else if (rows != null) Rows(office, kept, rows);
      Total(office, kept);
      kept.DateChanged = World.Now();
      office.Orders[kept.OrderId] = kept;
      if (kept.OrderStatus == OrderSlipStateType.Invoiced) Publish(office, kept, DateTime.UtcNow.Date);
      return Shape.Copy(kept);
    }

    internal static void Publish(Office office, InvoiceOrder order, DateTime on) {
      order.OrderStatus = OrderSlipStateType.Invoiced;
      order.InvoiceId = office.Next("invoice", 10001);
      order.DateInvoiced = on;
      order.OCR = "0" + order.InvoiceId + "7";
      order.DateChanged = World.Now();
    }

    protected override InvoiceOrder[] DoSaveInvoices(InvoiceOrder[] invoices) {
      Watch.Count("SaveInvoices");
      var office = Who.Asks(Session);
      Trouble.Before("SaveInvoices");
      InvoiceOrder[] saved;
      lock (World.Lock) { saved = invoices.Select(o => Save(office, o)).ToArray(); }
      if (Trouble.Misbooked("SaveInvoices")) lock (World.Lock) { foreach (var o in saved) office.Orders[o.OrderId].OrderTotalIncVat = o.OrderTotalIncVat += 1; }
      Trouble.After("SaveInvoices");
      if (Trouble.Beside("SaveInvoices"))
        foreach (var order in saved) order.APIException = Problem("Data.DataBaseServerException",
          "SQL Server with address 10.0.0.1 and Catalog \"Kontorplassen\" encountered an error with severity level 14 of 25");
      return saved;
    }

    /// For invoiced orders: the title and the reference, nothing else.
    protected override InvoiceOrder[] DoUpdateInvoices(InvoiceOrder[] invoices) {
      Watch.Count("UpdateInvoices");
      var office = Who.Asks(Session);
      lock (World.Lock) {
        return invoices.Select(sent => {
          InvoiceOrder kept;
          if (!office.Orders.TryGetValue(sent.OrderId, out kept)) { sent.APIException = Problem("Core.ParameterNotFoundException", "Order does not exist"); return sent; }
          Shape.Merge(kept, Shape.Pick(sent, new[] { "InvoiceTitle", "ReferenceNumber" }));
          return Shape.Copy(kept);
        }).ToArray();
      }
    }

    protected override int[] DoGetOrderSyncList(InvoiceSyncParameters s) {
      Watch.Count("GetOrderSyncList");
      var office = Who.Asks(Session);
      lock (World.Lock) { return office.Orders.Values.Where(o => o.DateChanged >= s.ChangedAfter).Select(o => o.OrderId).ToArray(); }
    }

    protected override PaymentMethod[] DoGetPaymentMethods() {
      Watch.Count("GetPaymentMethods");
      Who.Asks(Session);
      return new[] { new PaymentMethod { Id = 1, Name = "Kontant" }, new PaymentMethod { Id = 2, Name = "Faktura" } };
    }
  }
}
