using System;
using System.Collections.Generic;
using System.Linq;

namespace Lab {
  /// One company in 24SevenOffice with its books. Ids start alike in all companies, so a request to the wrong
  /// company is not refused: it is written there, and found in the count.
  class Office {
    public long ClientId;
    public string Name;
    public Guid IdentityId;
    public bool Blocked;
    public readonly SortedDictionary<int, Company.Company> Customers = new SortedDictionary<int, Company.Company>();
    public readonly SortedDictionary<int, Product.Product> Products = new SortedDictionary<int, Product.Product>();
    public readonly SortedDictionary<int, Product.Category> Categories = new SortedDictionary<int, Product.Category>();
    public readonly SortedDictionary<int, Invoice.InvoiceOrder> Orders = new SortedDictionary<int, Invoice.InvoiceOrder>();
    public readonly List<Account.TaxCodeElement> TaxCodes = new List<Account.TaxCodeElement>();
    readonly Dictionary<string, int> last = new Dictionary<string, int>();

    public int Next(string what, int first) {
      int id;
      id = last.TryGetValue(what, out id) ? id + 1 : first;
      return last[what] = id;
    }

    public void Tax(int id, string no, string name, decimal rate, short? account) {
      TaxCodes.Add(new Account.TaxCodeElement { TaxId = id, TaxNo = no, TaxName = name, TaxRate = rate + 0.0000m, AccountNo = account, AccountNoSpecified = true });
    }
  }

  class Refused : ApplicationException { public Refused(string message) : base(message) { } }

  static class World {
    public const string Username = "support@sharefox.test", Password = "one & <two>";
    public static readonly Guid Application = new Guid("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    public static readonly object Lock = new object();
    public static readonly Dictionary<Guid, Office> Offices = new Dictionary<Guid, Office>();
    public static readonly Dictionary<string, int> Calls = new Dictionary<string, int>();
    /// Requests that the real schemas refuse, or that are no XML.
    public static readonly List<string> Invalid = new List<string>();

    static World() {
      Open(3400000001, "Fjord Utleie AS", "11111111-aaaa-4bbb-8ccc-000000000001", 0);
      Open(3400000002, "Berg & Dal Maskin <Utleie>", "11111111-aaaa-4bbb-8ccc-000000000002", 40);
      Open(3400000003, "Fjord Utleie", "11111111-aaaa-4bbb-8ccc-000000000003", 80);
    }

    /// TaxId and TaxNo differ, and a TaxId of one company is another code in the next.
    static void Open(long clientId, string name, string identity, int shift) {
      var office = new Office { ClientId = clientId, Name = name, IdentityId = new Guid(identity) };
      office.Tax(shift + 9, "0", "Ingen mva-behandling", 0m, null);
      office.Tax(shift + 3, "1", "Inngående mva høy sats", 25m, 2710);
      office.Tax(shift + 31, "3", "Utgående mva høy sats", 25m, 2700);
      office.Tax(shift + 33, "31", "Utgående mva middels sats", 15m, 2701);
      office.Tax(shift + 5, "33", "Utgående mva lav sats", 12m, 2702);
      office.Tax(shift + 52, "5", "Innenlandsk omsetning fritatt for mva", 0m, null);
      office.Tax(shift + 6, "52", "Utførsel av varer og tjenester", 0m, null);
      office.Tax(shift + 1, "6", "Omsetning utenfor mva-loven", 0m, null);
      Offices[office.IdentityId] = office;
    }

    public static Office ByClient(long clientId) { return Offices.Values.First(o => o.ClientId == clientId); }

    /// Times are kept to the minute and rounded, as one client reports of the real service.
    public static DateTime Now() {
      var minute = TimeSpan.TicksPerMinute;
      return new DateTime((DateTime.UtcNow.Ticks + minute / 2) / minute * minute);
    }
  }

  /// The caller: the identity in ASP.NET's own session, which ASP.NET locks during a request.
  static class Who {
    const string Key = "identity", Born = "born";
    /// Raised when the server forgets all sessions.
    public static int Life;
    /// From which company the next request's session is moved, and where to, once that request is answered.
    public static long From, To;

    public static void Enter(System.Web.SessionState.HttpSessionState session, Guid identity) {
      session[Key] = identity;
      session[Born] = Life;
    }

    public static bool IsIn(System.Web.SessionState.HttpSessionState session) {
      return session[Key] != null && (int)session[Born] == Life;
    }

    public static Office Asks(System.Web.SessionState.HttpSessionState session) {
      if (!IsIn(session)) throw new Refused("Session is not authenticated");
      var office = World.Offices[(Guid)session[Key]];
      if (From == office.ClientId) { From = 0; Enter(session, World.ByClient(To).IdentityId); }
      if (office.Blocked) throw new Refused("Client is not authenticated on this identity");
      return office;
    }
  }
}
