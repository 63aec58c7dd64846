using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Reflection;

namespace Lab {
  /// What a generated object says. To XmlSerializer, an element that was left out and one with its declared
  /// default make the same object, so neither says anything.
  static class Shape {
    const string Specified = "Specified";

    static IEnumerable<PropertyInfo> Fields(Type type) {
      return type.GetProperties().Where(p => !p.Name.EndsWith(Specified));
    }

    static bool Says(PropertyInfo field, object value) {
      if (value == null || value.Equals(Guid.Empty)) return false;
      var declared = (DefaultValueAttribute)Attribute.GetCustomAttribute(field, typeof(DefaultValueAttribute));
      return declared == null || !value.Equals(declared.Value);
    }

    static void Set(object target, PropertyInfo field, object value) {
      field.SetValue(target, value);
      var flag = target.GetType().GetProperty(field.Name + Specified);
      if (flag != null) flag.SetValue(target, value != null);
    }

    /// The named properties alone, as the documents say of every Get. Names that do not exist are ignored.
    public static T Pick<T>(T from, IEnumerable<string> names) where T : new() {
      var picked = new T();
      var asked = new HashSet<string>(names ?? new string[0]);
      foreach (var field in Fields(typeof(T)).Where(f => asked.Contains(f.Name)))
        Set(picked, field, field.GetValue(from));
      return picked;
    }

    /// Copies what `from` says to `into`. The rest stays. Slots (addresses, e-mails) are copied one by one.
    public static void Merge(object into, object from) {
      foreach (var field in Fields(into.GetType())) {
        var value = field.GetValue(from);
        if (!Says(field, value)) continue;
        var isSlot = field.PropertyType.IsClass && field.PropertyType != typeof(string) && !field.PropertyType.IsArray;
        if (!isSlot) { Set(into, field, value); continue; }
        if (field.GetValue(into) == null) Set(into, field, Activator.CreateInstance(field.PropertyType));
        Merge(field.GetValue(into), value);
      }
    }

    public static T Copy<T>(T from) where T : new() {
      return Pick(from, Fields(typeof(T)).Select(f => f.Name));
    }

    /// SQL Server's LIKE, case-insensitive, as `%` and `_` in the documents suggest. No pattern: no filter.
    public static bool Like(string value, string pattern) {
      if (string.IsNullOrEmpty(pattern)) return true;
      var regex = "^" + System.Text.RegularExpressions.Regex.Escape(pattern).Replace("%", ".*").Replace("_", ".") + "$";
      return System.Text.RegularExpressions.Regex.IsMatch(value ?? "", regex,
        System.Text.RegularExpressions.RegexOptions.IgnoreCase | System.Text.RegularExpressions.RegexOptions.Singleline);
    }

    /// SQL Server's money: four decimals, which .NET writes out.
    public static decimal Money(decimal value) { return decimal.Round(value, 4, MidpointRounding.AwayFromZero) + 0.0000m; }

    public static string TooLong(params object[] valuesAndLimits) {
      for (var i = 0; i < valuesAndLimits.Length; i += 2)
        if (((string)valuesAndLimits[i] ?? "").Length > (int)valuesAndLimits[i + 1])
          return "String or binary data would be truncated. The statement has been terminated.";
      return null;
    }
  }
}
