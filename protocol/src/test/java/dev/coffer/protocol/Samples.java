package dev.coffer.protocol;

import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.TenantIssuer;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHash;
import dev.coffer.protocol.request.RequestHeader;
import java.util.ArrayList;
import java.util.List;

/** Fixed values of every kind: octets that repeat one number, keys whose seeds do. */
public final class Samples {
  private Samples() {}

  /** 32 octets of {@code number}. */
  public static Bytes digest(int number) {
    return octets(number, 32);
  }

  /** {@code size} octets of {@code number}. */
  public static Bytes octets(int number, int size) {
    byte[] octets = new byte[size];
    java.util.Arrays.fill(octets, (byte) number);
    return Bytes.wrap(octets);
  }

  /** The secret of 32 octets of {@code number}. */
  public static SecretBytes secret(int number) {
    return SecretBytes.copyOf(digest(number));
  }

  /** HSM {@code index}'s statement key. */
  public static SecretBytes statementSeed(int index) {
    return secret(0x10 + index);
  }

  /** The tenant's root key. */
  public static SecretBytes root() {
    return secret(0x21);
  }

  /** The key of the issuer that the root certifies. */
  public static SecretBytes issuer() {
    return secret(0x22);
  }

  /** The key of the login's device. */
  public static SecretBytes device() {
    return secret(0x23);
  }

  /** n = 3, q = 2, one partition, tenant acme. */
  public static Fleet fleet() {
    try {
      List<HsmIdentity> hsms = new ArrayList<>();
      for (int i = 1; i <= 3; i++) {
        hsms.add(
            new HsmIdentity(
                Ed25519.publicKey(statementSeed(i)),
                X25519.publicKey(secret(0x30 + i)),
                "SIMULATED sample",
                digest(1),
                Bytes.EMPTY));
      }
      TenantIssuer tenant = new TenantIssuer("acme", Ed25519.publicKey(root()));
      return Fleet.of(new FleetSettings(3, 2, 10, 1, List.of(tenant), true, false), hsms);
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  public static Subject subject() {
    return new Subject(fleet().id(), "acme", "alice", "code");
  }

  public static RequestHeader header() {
    return new RequestHeader(subject(), 41, List.of(digest(2), digest(3), digest(4)));
  }

  public static Registration registration() {
    return new Registration(
        digest(5),
        digest(6),
        octets(7, 60),
        10,
        KsfParameters.DEFAULT,
        new RegistrationId(digest(8)));
  }

  public static LoginToken token(String jwt) {
    Bytes key = Ed25519.publicKey(issuer());
    return new LoginToken(
        key, Ed25519.sign(root(), LoginToken.issuerCertificateText("acme", key)), jwt);
  }

  /** One of each, every authorisation included. */
  public static List<Request> requests() {
    AttemptId attempt = new AttemptId(digest(9));
    Authorisation owner = new Authorisation.Owner(octets(10, 64));
    Authorisation login = new Authorisation.Login(token("a.b.c"), octets(11, 64));
    return List.of(
        new Request.RegisterStart(header(), new RegistrationId(digest(8)), digest(12)),
        new Request.RegisterFinish(header(), 42, 3, registration(), new Authorisation.None()),
        new Request.RegisterFinish(header(), 42, 3, registration(), owner),
        new Request.RegisterFinish(header(), 42, 3, registration(), login),
        new Request.Attempt(header(), attempt, digest(13)),
        new Request.Success(
            header(), attempt, new RequestHash(digest(14)), 7, digest(16), 2, octets(15, 64)),
        new Request.Delete(header(), 2, owner),
        new Request.Delete(header(), 2, login));
  }
}
