using System;
using System.Collections.Generic;
using System.Linq;

namespace Lab {
  public class Companies : Company.CompanyService {
    static IEnumerable<string> Addresses(Company.EmailAddresses e) {
      if (e == null) return new string[0];
      return new[] { e.Home, e.Invoice, e.Primary, e.Work, e.Alternative }.Where(a => a != null).Select(a => a.Value);
    }

    static IEnumerable<string> Numbers(Company.PhoneNumbers p) {
      if (p == null) return new string[0];
      return new[] { p.Home, p.Fax, p.Mobile, p.Primary, p.Work }.Where(n => n != null).Select(n => n.Value);
    }

    /// A hit matches all given parameters. Texts are compared by LIKE.
    protected override Company.Company[] DoGetCompanies(Company.CompanySearchParameters s, string[] returnProperties) {
      Watch.Count("GetCompanies");
      var office = Who.Asks(Session);
      Trouble.Before("GetCompanies");
      if (s == null || (string.IsNullOrEmpty(s.ExternalId) && s.CompanyId == int.MinValue && s.CompanyIds == null && s.CompanyName == ""
        && s.ChangedAfter == DateTime.MinValue && s.CompanyEmail == "" && s.CompanyPhone == "" && s.OrganizationNumber == ""))
        throw new Refused("Please specify at least one search parameter");
      lock (World.Lock) {
        return office.Customers.Values.Where(c =>
          (string.IsNullOrEmpty(s.ExternalId) || c.ExternalId == s.ExternalId)
          && (s.CompanyId == int.MinValue || c.Id == s.CompanyId)
          && (s.CompanyIds == null || s.CompanyIds.Contains(c.Id))
          && Shape.Like(c.Name, s.CompanyName)
          && c.DateChanged >= s.ChangedAfter
          && (s.CompanyEmail == "" || Addresses(c.EmailAddresses).Any(a => Shape.Like(a, s.CompanyEmail)))
          && (s.CompanyPhone == "" || Numbers(c.PhoneNumbers).Any(n => Shape.Like(n, s.CompanyPhone)))
          && Shape.Like(c.OrganizationNumber, s.OrganizationNumber)
        ).Select(c => Shape.Pick(c, returnProperties)).ToArray();
      }
    }

    static Company.APIException Problem(string type, string message) {
      return new Company.APIException { Type = type, Message = message, StackTrace = "   at Office24Seven.Library.Save()" };
    }

    static Company.Company Save(Office office, Company.Company sent) {
      var truncated = Shape.TooLong(sent.Name, 200, sent.FirstName, 50, sent.OrganizationNumber, 20, sent.Country, 2, sent.InvoiceLanguage, 2);
      if (truncated != null) { sent.APIException = Problem("Office24Seven.Library.Data.DataBaseServerException", truncated); return sent; }
      Company.Company kept;
      var isNew = sent.Id == int.MinValue || !office.Customers.TryGetValue(sent.Id, out kept);
      if (isNew && sent.Name == "") {
        sent.APIException = Problem("Office24Seven.Library.Core.ParameterNotFoundException", "Name is required");
        return sent;
      }
      kept = isNew ? new Company.Company { DateCreated = World.Now() } : office.Customers[sent.Id];
      sent.APIException = null;
      Shape.Merge(kept, sent);
      if (sent.Id == int.MinValue) kept.Id = office.Next("customer", 1001);
      if (kept.Type != Company.CompanyType.Consumer) {
        kept.FirstName = "";
        if (kept.EmailAddresses != null) { kept.EmailAddresses.Home = kept.EmailAddresses.Primary = kept.EmailAddresses.Alternative = null; }
        if (kept.PhoneNumbers != null) { kept.PhoneNumbers.Home = kept.PhoneNumbers.Primary = null; }
      }
      kept.DateChanged = World.Now();
      office.Customers[kept.Id] = kept;
      return Shape.Copy(kept);
    }

    protected override Company.Company[] DoSaveCompanies(Company.Company[] companies) {
      Watch.Count("SaveCompanies");
      var office = Who.Asks(Session);
      Trouble.Before("SaveCompanies");
      Company.Company[] saved;
      lock (World.Lock) { saved = companies.Select(c => Save(office, c)).ToArray(); }
      Trouble.After("SaveCompanies");
      return saved;
    }
  }
}
