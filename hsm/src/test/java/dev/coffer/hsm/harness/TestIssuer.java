package dev.coffer.hsm.harness;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.TenantIssuer;
import dev.coffer.protocol.login.LoginToken;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A tenant's root and issuer keys, and tokens made with them, good or as bad as asked for. */
public final class TestIssuer {
  /** The tenant. */
  public static final String TENANT = "acme";

  private final SecretBytes root;
  private final SecretBytes issuer;

  /** Keys that follow from {@code seed}. */
  public TestIssuer(long seed) {
    this.root = SecretBytes.random(MemoryPlatform.seeded(seed), 32);
    this.issuer = SecretBytes.random(MemoryPlatform.seeded(seed + 1), 32);
  }

  /** As it goes into the settings. */
  public TenantIssuer tenant() {
    return new TenantIssuer(TENANT, Ed25519.publicKey(root));
  }

  /** A good login. */
  public LoginToken login(Fleet fleet, String account, Bytes deviceKey) {
    return token("{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}", claims(fleet, account, deviceKey));
  }

  /** The claims of a good login. */
  public static String claims(Fleet fleet, String account, Bytes deviceKey) {
    return "{\"sub\":\"%s\",\"aud\":\"%s\",\"exp\":2000000000,\"iat\":1,\"tenant\":\"%s\","
            .formatted(account, fleet.id().value().hex(), TENANT)
        + "\"cnf\":{\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"}}}"
            .formatted(base64(deviceKey.toByteArray()));
  }

  /** A signed token of any header and claims. */
  public LoginToken token(String header, String claims) {
    String signed = base64(utf8(header)) + "." + base64(utf8(claims));
    Bytes signature = Ed25519.sign(issuer, Bytes.wrap(utf8(signed)));
    return certified(signed + "." + base64(signature.toByteArray()));
  }

  /** Any text as a token, the issuer key certified. */
  public LoginToken certified(String jwt) {
    Bytes key = Ed25519.publicKey(issuer);
    Bytes certificate = Ed25519.sign(root, LoginToken.issuerCertificateText(TENANT, key));
    return new LoginToken(key, certificate, jwt);
  }

  /** Canonical base64url without padding. */
  public static String base64(byte[] octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
