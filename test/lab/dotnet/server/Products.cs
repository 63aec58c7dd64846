using System;
using System.Collections.Generic;
using System.Linq;

namespace Lab {
  public class Products : Product.ProductService {
    protected override Product.Product[] DoGetProducts(Product.ProductSearchParameters s, string[] returnProperties) {
      Watch.Count("GetProducts");
      var office = Who.Asks(Session);
      Trouble.Before("GetProducts");
      if (s == null) throw new Refused("Please specify at least one search parameter");
      lock (World.Lock) {
        return office.Products.Values.Where(p =>
          (s.Id == int.MinValue || p.Id == s.Id) && (s.CategoryId == int.MinValue || p.CategoryId == s.CategoryId)
          && Shape.Like(p.No, s.No) && Shape.Like(p.EAN1, s.EAN1) && Shape.Like(p.Name, s.Name)
          && (s.ProductIds == null || s.ProductIds.Contains(p.Id)) && p.DateChanged >= s.DateChanged
        ).Select(p => Shape.Pick(p, returnProperties)).ToArray();
      }
    }

    static Product.APIException Problem(string message) {
      return new Product.APIException { Type = "Office24Seven.Library.Core.ParameterNotFoundException", Message = message, StackTrace = "   at Office24Seven.Library.Save()" };
    }

    static Product.Product Save(Office office, Product.Product sent) {
      Product.Product kept;
      var isNew = sent.Id == int.MinValue;
      if (!isNew && !office.Products.ContainsKey(sent.Id)) sent.APIException = Problem("Product " + sent.Id + " does not exist");
      else if (isNew && (sent.Name == "" || !office.Categories.ContainsKey(sent.CategoryId))) sent.APIException = Problem("CategoryId and Name are required");
      else if (Shape.TooLong(sent.Name, 125, sent.No, 100, sent.EAN1, 50) != null) sent.APIException = Problem(Shape.TooLong(sent.Name, 0));
      if (sent.APIException != null) return sent;
      kept = isNew ? new Product.Product { StatusId = 1 } : office.Products[sent.Id];
      Shape.Merge(kept, sent);
      if (isNew) kept.Id = office.Next("product", 501);
      kept.DateChanged = World.Now();
      office.Products[kept.Id] = kept;
      return Shape.Copy(kept);
    }

    protected override Product.Product[] DoSaveProducts(Product.Product[] products) {
      Watch.Count("SaveProducts");
      var office = Who.Asks(Session);
      Trouble.Before("SaveProducts");
      Product.Product[] saved;
      lock (World.Lock) { saved = products.Select(p => Save(office, p)).ToArray(); }
      Trouble.After("SaveProducts");
      return saved;
    }

    protected override Product.Category[] DoGetCategories(string[] returnProperties) {
      Watch.Count("GetCategories");
      var office = Who.Asks(Session);
      lock (World.Lock) { return office.Categories.Values.Select(c => Shape.Pick(c, returnProperties)).ToArray(); }
    }

    protected override Product.Category[] DoSaveCategories(Product.Category[] categories) {
      Watch.Count("SaveCategories");
      var office = Who.Asks(Session);
      Trouble.Before("SaveCategories");
      lock (World.Lock) {
        return categories.Select(sent => {
          var kept = sent.Id == int.MinValue ? new Product.Category() : office.Categories[sent.Id];
          Shape.Merge(kept, sent);
          if (sent.Id == int.MinValue) kept.Id = office.Next("category", 21);
          office.Categories[kept.Id] = kept;
          return Shape.Copy(kept);
        }).ToArray();
      }
    }
  }
}
