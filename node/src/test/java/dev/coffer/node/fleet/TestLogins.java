package dev.coffer.node.fleet;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.fleet.TenantIssuer;
import dev.coffer.protocol.login.LoginToken;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/** A tenant's root and issuer. */
public final class TestLogins {
  public static final String TENANT = "app";

  private final SecretBytes root = SecretBytes.random(Randomness.system(), 32);
  private final SecretBytes issuer = SecretBytes.random(Randomness.system(), 32);

  public TenantIssuer tenant() {
    return new TenantIssuer(TENANT, Ed25519.publicKey(root));
  }

  /** A login that is good until {@code expires}. */
  public LoginToken login(FleetId fleetId, String account, Bytes deviceKey, Instant expires) {
    return token(claims(fleetId.value().hex(), account, deviceKey, expires));
  }

  public static String claims(String audience, String account, Bytes deviceKey, Instant expires) {
    return "{\"sub\":\"%s\",\"aud\":\"%s\",\"exp\":%d,\"iat\":1,\"tenant\":\"%s\","
            .formatted(account, audience, expires.getEpochSecond(), TENANT)
        + "\"cnf\":{\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"}}}"
            .formatted(base64(deviceKey.toByteArray()));
  }

  /** Signed claims under the usual header. */
  public LoginToken token(String claims) {
    return token("{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}", claims);
  }

  public LoginToken token(String header, String claims) {
    String signed = base64(utf8(header)) + "." + base64(utf8(claims));
    Bytes signature = Ed25519.sign(issuer, Bytes.wrap(utf8(signed)));
    return certified(signed + "." + base64(signature.toByteArray()));
  }

  public LoginToken certified(String jwt) {
    Bytes key = Ed25519.publicKey(issuer);
    return new LoginToken(
        key, Ed25519.sign(root, LoginToken.issuerCertificateText(TENANT, key)), jwt);
  }

  public static String base64(byte[] octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
  }

  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
