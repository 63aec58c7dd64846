using System;
using System.Collections.Generic;
using System.Linq;

namespace Lab {
  public class Authenticate : Auth.Authenticate {
    static bool Knows(Auth.Credential c) {
      return c != null && c.Username == World.Username && c.Password == World.Password && c.ApplicationId == World.Application;
    }

    Auth.Identity Describe(Office office) {
      return new Auth.Identity {
        Id = office.IdentityId,
        User = new Auth.User { ContactId = 117, Id = World.Application, Name = "Sharefox Support" },
        Client = new Auth.Client { Id = office.ClientId, Name = office.Name },
        IsCurrent = Who.IsIn(Session) && Who.Asks(Session) == office,
        IsDefault = office.ClientId == World.Offices.Values.Min(o => o.ClientId),
        Servers = new Auth.Server[0],
        IsDisabled = office.Blocked,
      };
    }

    /// Wrong credentials answer an empty text, not a fault. Without an identity the default one is used.
    protected override string DoLogin(Auth.Credential credential) {
      Watch.Count("Login");
      Trouble.Before("Login");
      if (!Knows(credential)) return "";
      Office office;
      var wanted = credential.IdentityId != Guid.Empty ? credential.IdentityId : World.ByClient(World.Offices.Values.Min(o => o.ClientId)).IdentityId;
      if (!World.Offices.TryGetValue(wanted, out office) || office.Blocked)
        throw new Refused("Provided IdentityId is blocked. Please use GetIdentitiesWithCredential to get a list of available Identities and reauthenticate with a valid IdentityId");
      Who.Enter(Session, office.IdentityId);
      return Session.SessionID;
    }

    protected override bool DoHasSession() { Watch.Count("HasSession"); return Who.IsIn(Session); }

    protected override Auth.Identity DoGetIdentity() { Watch.Count("GetIdentity"); return Describe(Who.Asks(Session)); }

    protected override Auth.Identity[] DoGetIdentities() {
      Watch.Count("GetIdentities");
      Who.Asks(Session);
      return World.Offices.Values.Select(Describe).ToArray();
    }

    protected override Auth.Identity[] DoGetIdentitiesWithCredential(Auth.Credential credential) {
      Watch.Count("GetIdentitiesWithCredential");
      return Knows(credential) ? World.Offices.Values.Select(Describe).ToArray() : new Auth.Identity[0];
    }

    protected override bool DoSetIdentityById(Guid identityId) {
      Watch.Count("SetIdentityById");
      Who.Asks(Session);
      if (!World.Offices.ContainsKey(identityId) || World.Offices[identityId].Blocked) return false;
      Who.Enter(Session, identityId);
      return true;
    }

    protected override bool DoSetIdentity(Auth.Identity identity) { return DoSetIdentityById(identity.Id); }
  }
}
