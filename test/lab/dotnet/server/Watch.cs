using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Web;
using System.Xml.Linq;
using System.Xml.Schema;

namespace Lab {
  /// Sees every request before ASMX does: keeps its bytes and validates it by the schema of the real WSDL.
  public class Watch : IHttpModule {
    static readonly string Log = Environment.GetEnvironmentVariable("LAB_LOG");
    static readonly Dictionary<string, XmlSchemaSet> Schemas = new Dictionary<string, XmlSchemaSet>();
    static int number;

    public static void Count(string operation) {
      lock (World.Calls) { int n; World.Calls.TryGetValue(operation, out n); World.Calls[operation] = n + 1; }
    }

    public void Init(HttpApplication application) {
      application.BeginRequest += (s, e) => See(((HttpApplication)s).Context);
      application.PreSendRequestHeaders += (s, e) => {
        var context = ((HttpApplication)s).Context;
        if (context.Items[Trouble.Status] != null) context.Response.StatusCode = (int)context.Items[Trouble.Status];
      };
    }
    public void Dispose() { }

    static XmlSchemaSet Of(string service, HttpContext context) {
      lock (Schemas) {
        XmlSchemaSet set;
        if (Schemas.TryGetValue(service, out set)) return set;
        set = new XmlSchemaSet();
        var wsdl = XDocument.Load(context.Server.MapPath("~/wsdl/" + service + ".wsdl"));
        foreach (var schema in wsdl.Descendants(XName.Get("schema", XmlSchema.Namespace)))
          using (var reader = schema.CreateReader()) set.Add(XmlSchema.Read(reader, null));
        set.Compile();
        return Schemas[service] = set;
      }
    }

    static void See(HttpContext context) {
      var path = context.Request.Path;
      if (context.Request.HttpMethod != "POST" || !path.EndsWith(".asmx")) return;
      var bytes = new byte[context.Request.InputStream.Length];
      context.Request.InputStream.Read(bytes, 0, bytes.Length);
      context.Request.InputStream.Position = 0;
      var service = Path.GetFileNameWithoutExtension(path).ToLowerInvariant().Replace("service", "");
      service = service == "authenticate" ? "auth" : service;
      var n = Interlocked.Increment(ref number);
      File.WriteAllBytes(Path.Combine(Log, n.ToString("D6") + "-" + service + ".xml"), bytes);
      var action = (context.Request.Headers["SOAPAction"] ?? "").Trim('"');
      foreach (var problem in Problems(bytes, action, Of(service, context)))
        lock (World.Invalid) { World.Invalid.Add(n + " " + action + ": " + problem); }
    }

    static List<string> Problems(byte[] bytes, string action, XmlSchemaSet schemas) {
      var found = new List<string>();
      try {
        var body = XDocument.Load(new MemoryStream(bytes)).Root.Elements().Last().Elements().Single();
        if (!schemas.GlobalElements.Contains(new System.Xml.XmlQualifiedName(body.Name.LocalName, body.Name.NamespaceName)))
          found.Add("unknown element " + body.Name);
        if (action != body.Name.NamespaceName + "/" + body.Name.LocalName) found.Add("SOAPAction of another operation");
        new XDocument(body).Validate(schemas, (s, e) => found.Add(e.Message));
      } catch (Exception e) { found.Add(e.GetType().Name + " " + e.Message); }
      return found;
    }
  }
}
