using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Web;

namespace Lab {
  /// Trouble ordered from the control page: for the next `Times` calls of `Operation`.
  class Order { public string Operation, Kind; public int Times, Ms, Met; }

  static class Trouble {
    public static readonly List<Order> Orders = new List<Order>();

    static Order Due(string operation, string moment) {
      lock (Orders) {
        var due = Orders.FirstOrDefault(o => o.Times > 0 && o.Operation == operation && o.Kind.EndsWith(moment));
        if (due == null) return null;
        due.Times--;
        due.Met++;
        return due;
      }
    }

    public static void Before(string operation) { Make(Due(operation, "before")); }
    public static void After(string operation) { Make(Due(operation, "after")); }
    /// An order that is saved and yet answered with an exception, as one recorded fixture shows.
    public static bool Beside(string operation) { return Due(operation, "beside") != null; }
    /// An order that is booked with another sum than its rows have.
    public static bool Misbooked(string operation) { return Due(operation, "misbooked") != null; }

    static void Make(Order trouble) {
      if (trouble == null) return;
      if (trouble.Ms > 0) Thread.Sleep(trouble.Ms);
      if (trouble.Kind.StartsWith("error")) throw new ApplicationException("Timeout expired. The server is not responding.");
      if (trouble.Kind.StartsWith("limit")) throw new ApplicationException(
        "Limit exceeded by 1. Request is blocked. Quarantine ends at " + DateTime.UtcNow.AddSeconds(5).ToString("yyyy-MM-ddTHH:mm:ssZ"));
      // nginx turns these into no answer at all, or into a page of HTML.
      if (trouble.Kind.StartsWith("drop")) Instead(599);
      if (trouble.Kind.StartsWith("gateway")) Instead(598);
    }

    public const string Status = "status instead";
    static void Instead(int status) {
      HttpContext.Current.Items[Status] = status;
      throw new ApplicationException("answered with " + status);
    }
  }
}
