using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Web;
using System.Web.Script.Serialization;
using Invoice;

namespace Lab {
  /// The page for the driver: GET returns the books, POST does what a bookkeeper or bad luck would do.
  public class Control : IHttpHandler {
    public bool IsReusable { get { return true; } }

    public void ProcessRequest(HttpContext context) {
      var json = new JavaScriptSerializer { MaxJsonLength = int.MaxValue };
      var answer = context.Request.HttpMethod == "POST"
        ? Do(json.Deserialize<Dictionary<string, object>>(new StreamReader(context.Request.InputStream).ReadToEnd()))
        : Tell();
      context.Response.ContentType = "application/json";
      context.Response.Write(json.Serialize(answer));
    }

    static string Text(Dictionary<string, object> what, string key) { return Convert.ToString(what[key], CultureInfo.InvariantCulture); }
    static int Int(Dictionary<string, object> what, string key) { return what.ContainsKey(key) ? Convert.ToInt32(what[key]) : 0; }

    static object Do(Dictionary<string, object> what) {
      if (Text(what, "do") == "fault") {
        lock (Trouble.Orders) Trouble.Orders.Add(new Order { Operation = Text(what, "operation"), Kind = Text(what, "kind"), Times = Int(what, "times"), Ms = Int(what, "ms") });
        return true;
      }
      if (Text(what, "do") == "forget-sessions") return ++Who.Life;
      var office = World.ByClient(Convert.ToInt64(what["client"]));
      lock (World.Lock) {
        InvoiceOrder order = null;
        if (what.ContainsKey("order")) order = office.Orders[Int(what, "order")];
        switch (Text(what, "do")) {
          case "publish": Invoices.Publish(office, order, Day(Text(what, "on"))); return order.InvoiceId;
          case "pay": order.Paid = Day(Text(what, "on")); order.DateChanged = World.Now(); return true;
          case "unpay": order.Paid = DateTime.MinValue; order.DateChanged = World.Now(); return true;
          case "delete": return office.Orders.Remove(order.OrderId);
          case "block": office.Blocked = Int(what, "blocked") == 1; return true;
          case "move-session": Who.To = Convert.ToInt64(what["to"]); return Who.From = office.ClientId;
          case "merge": return Merge(office, order);
          case "customer": return Customer(office, what);
          default: throw new ArgumentException("do");
        }
      }
    }

    static DateTime Day(string text) { return DateTime.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture); }

    /// A collecting order takes the rows and is invoiced; the order stays as InvoicedPack, without a number.
    static int Merge(Office office, InvoiceOrder order) {
      var collecting = Shape.Copy(order);
      collecting.OrderId = office.Next("order", 4001);
      collecting.ReferenceNumber = "";
      collecting.ExternalStatus = int.MinValue;
      office.Orders[collecting.OrderId] = collecting;
      Invoices.Publish(office, collecting, DateTime.UtcNow.Date);
      order.OrderStatus = OrderSlipStateType.InvoicedPack;
      order.DateChanged = World.Now();
      return collecting.OrderId;
    }

    /// A customer that another program wrote. Control characters in its name stay, as in .NET.
    static int Customer(Office office, Dictionary<string, object> what) {
      var kept = new Company.Company {
        Id = office.Next("customer", 1001), Name = Text(what, "name"), Type = Company.CompanyType.Business,
        OrganizationNumber = Text(what, "organizationNumber"), DateChanged = World.Now(), PaymentTime = 30, Discount = 12.5m,
        EmailAddresses = new Company.EmailAddresses { Work = new Company.EmailAddress { Value = Text(what, "email") } },
        Addresses = new Company.Addresses { Post = new Company.Address { Street = Text(what, "street"), Country = "NO" } },
      };
      office.Customers[kept.Id] = kept;
      return kept.Id;
    }

    static string Number(decimal d) { return d == decimal.MinValue ? null : d.ToString(CultureInfo.InvariantCulture); }
    static string Date(DateTime d) { return d == DateTime.MinValue ? null : d.ToString("yyyy-MM-ddTHH:mm:ss"); }

    static object Tell() {
      lock (World.Lock) lock (World.Invalid) lock (World.Calls) lock (Trouble.Orders) {
        return new {
          calls = World.Calls, invalid = World.Invalid,
          faults = Trouble.Orders.Select(o => new { o.Operation, o.Kind, o.Times, o.Met }),
          companies = World.Offices.Values.Select(office => new {
            client = office.ClientId, name = office.Name,
            customers = office.Customers.Values.Select(c => new { c.Id, c.Name, c.FirstName, c.OrganizationNumber, Type = c.Type.ToString(), c.PaymentTime, Discount = Number(c.Discount), c.ExternalId, c.EmailAddresses, c.PhoneNumbers, c.Addresses }),
            products = office.Products.Values.Select(p => new { p.Id, p.Name, p.CategoryId }),
            categories = office.Categories.Values.Select(c => new { c.Id, c.Name }),
            orders = office.Orders.Values.Select(o => new {
              o.OrderId, o.CustomerId, OrderStatus = o.OrderStatus.ToString(), o.InvoiceId, DateOrdered = Date(o.DateOrdered), o.PaymentTime, o.IncludeVAT,
              o.InvoiceTitle, o.InvoiceText, o.YourReference, o.ReferenceNumber, o.ExternalStatus, DeliveryDate = Date(o.DeliveryDate), Paid = Date(o.Paid),
              Total = Number(o.OrderTotalIncVat), Vat = Number(o.OrderTotalVat),
              Rows = o.InvoiceRows.Select(r => new { r.RowId, r.ProductId, r.Name, Price = Number(r.Price), Quantity = Number(r.Quantity), Discount = Number(r.DiscountRate), VatRate = Number(r.VatRate), Type = r.Type.ToString(), TaxCode = r.TaxSettings == null ? 0 : r.TaxSettings.TaxCode, r.SequenceNumber }),
            }),
          }),
        };
      }
    }
  }
}
