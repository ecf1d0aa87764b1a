package dev.coffer.protocol.login;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;

/**
 * A login as it travels: the JWT and the certificate of the key that signed it.
 *
 * @param issuerKey Ed25519 key that signed the JWT, 32 octets
 * @param rootSignature the tenant root's signature over (label, tenant, issuerKey), 64 octets
 * @param jwt compact serialisation, at most 1,024 ASCII octets
 */
public record LoginToken(Bytes issuerKey, Bytes rootSignature, String jwt) {
  /** What a tenant's root signs to certify an issuer key. */
  public static Bytes issuerCertificateText(String tenant, Bytes issuerKey) {
    return Label.ISSUER_CERTIFICATE.tuple().field(tenant).field(issuerKey).toBytes();
  }

  /** H(JWT), 32 octets. */
  public Bytes tokenHash() {
    return Hashes.sha256(Label.TOKEN_HASH.tuple().field(jwt));
  }

  /** Appends the canonical encoding. */
  public void write(CanonicalWriter out) {
    out.raw(issuerKey).raw(rootSignature).string(jwt);
  }

  /** Reads what {@link #write} wrote. The JWT itself is not parsed here. */
  public static LoginToken read(CanonicalReader in) throws Rejected {
    return new LoginToken(
        in.raw(Limits.DIGEST), in.raw(Limits.SIGNATURE), in.text(Limits.TOKEN_MAX, "login token"));
  }

  @Override
  public String toString() {
    return "LoginToken[redacted]";
  }
}
