using System.Linq;

namespace Lab {
  public class Accounts : Account.AccountService {
    protected override Account.TaxCodeElement[] DoGetTaxCodeList() {
      Watch.Count("GetTaxCodeList");
      return Who.Asks(Session).TaxCodes.ToArray();
    }
  }

  public class Clients : Client.ClientService {
    protected override Client.Client DoGetClientInformation() {
      Watch.Count("GetClientInformation");
      var office = Who.Asks(Session);
      return new Client.Client { Name = office.Name, Country = "NO", ReminderDays = 14, DefaultCurrency = "NOK" };
    }

    protected override Client.Currency[] DoGetCurrencyList() {
      Watch.Count("GetCurrencyList");
      Who.Asks(Session);
      return new[] { new Client.Currency { Id = 1, Symbol = "NOK", Rate = 1, Unit = 1 } };
    }

    protected override Client.Department[] DoGetDepartmentList() {
      Watch.Count("GetDepartmentList");
      Who.Asks(Session);
      return new Client.Department[0];
    }

    protected override Client.VatType[] DoGetVatTypeList() {
      Watch.Count("GetVatTypeList");
      return Who.Asks(Session).TaxCodes.Select(t => new Client.VatType { No = int.Parse(t.TaxNo), Name = t.TaxName, Rate = t.TaxRate }).ToArray();
    }
  }
}
