package dev.coffer.lab.local;

import dev.coffer.cli.vault.LoginSource;
import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.fleet.TenantIssuer;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.protocol.login.LoginToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;

/**
 * Stands in for an app's login service: a tenant root, an issuer key that it certifies, and JWTs
 * for whoever asks (RFC 7519, RFC 7800, RFC 8037). Development only: whoever reads its directory
 * can log in as anybody, and so spend everybody's guesses – but never read a backup (INV-1, INV-2).
 *
 * <p>Thread-safe.
 */
public final class DevelopmentIssuer implements AutoCloseable {
  /** The one tenant of a local fleet. */
  public static final String TENANT = "local";

  private static final Duration VALIDITY = Duration.ofMinutes(15);
  private static final int SEED = 32;
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private final SecretBytes root;
  private final SecretBytes issuer;
  private final InstantSource clock;

  private DevelopmentIssuer(SecretBytes root, SecretBytes issuer, InstantSource clock) {
    this.root = root;
    this.issuer = issuer;
    this.clock = clock;
  }

  /** Makes the keys in {@code directory}, mode 600. */
  public static DevelopmentIssuer create(Path directory, Randomness randomness, InstantSource clock)
      throws IOException {
    for (String name : new String[] {"root.key", "issuer.key"}) {
      try (SecretBytes seed = SecretBytes.random(randomness, SEED)) {
        byte[] octets = seed.copy();
        try {
          AtomicFile.replace(directory.resolve(name), octets, AtomicFile.Access.OWNER);
        } finally {
          Arrays.fill(octets, (byte) 0);
        }
      }
    }
    return open(directory, clock);
  }

  /** Reads the keys back. */
  public static DevelopmentIssuer open(Path directory, InstantSource clock) throws IOException {
    return new DevelopmentIssuer(
        read(directory.resolve("root.key")), read(directory.resolve("issuer.key")), clock);
  }

  private static SecretBytes read(Path path) throws IOException {
    byte[] seed = Files.readAllBytes(path);
    if (seed.length != SEED) {
      throw new IOException(
          "the development issuer's key file " + path.getFileName() + " is damaged");
    }
    return SecretBytes.wrap(seed);
  }

  /** What the fleet's settings freeze. */
  public TenantIssuer tenant() {
    return new TenantIssuer(TENANT, Ed25519.publicKey(root));
  }

  /**
   * A login.
   *
   * @param account the {@code sub}
   * @param deviceKey the {@code cnf} key, 32 octets
   * @param validity from now; negative for one that has expired
   */
  public LoginToken issue(FleetId fleetId, String account, Bytes deviceKey, Duration validity) {
    long now = clock.instant().getEpochSecond();
    String header = new JsonWriter().put("alg", "EdDSA").put("typ", "JWT").toString();
    JsonWriter key =
        new JsonWriter()
            .put("kty", "OKP")
            .put("crv", "Ed25519")
            .put("x", BASE64URL.encodeToString(deviceKey.toByteArray()));
    String payload =
        new JsonWriter()
            .put("sub", account)
            .put("aud", fleetId.value().hex())
            .put("exp", now + validity.toSeconds())
            .put("iat", Math.min(now, now + validity.toSeconds()))
            .put("tenant", TENANT)
            .put("cnf", new JsonWriter().put("jwk", key))
            .toString();
    String signed = base64url(header) + "." + base64url(payload);
    Bytes signature = Ed25519.sign(issuer, Bytes.wrap(signed.getBytes(StandardCharsets.US_ASCII)));
    Bytes issuerKey = Ed25519.publicKey(issuer);
    return new LoginToken(
        issuerKey,
        Ed25519.sign(root, LoginToken.issuerCertificateText(TENANT, issuerKey)),
        signed + "." + BASE64URL.encodeToString(signature.toByteArray()));
  }

  /** Logins of one account, a quarter of an hour each; closing them closes this. */
  public LoginSource logins(String account) {
    return new LoginSource() {
      @Override
      public String tenant() {
        return TENANT;
      }

      @Override
      public LoginToken token(FleetId fleetId, Bytes deviceKey, boolean fresh) {
        return issue(fleetId, account, deviceKey, VALIDITY);
      }

      @Override
      public void close() {
        DevelopmentIssuer.this.close();
      }
    };
  }

  private static String base64url(String text) {
    return BASE64URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    root.destroy();
    issuer.destroy();
  }
}
