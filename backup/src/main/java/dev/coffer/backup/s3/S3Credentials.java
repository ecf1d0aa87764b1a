package dev.coffer.backup.s3;

import dev.coffer.protocol.crypto.SecretBytes;
import java.util.Optional;

/**
 * An access key for a bucket. Redacted text; {@link #destroy} erases the secret. Thread-safe;
 * {@code destroy} must not race with use.
 */
public final class S3Credentials implements AutoCloseable {
  private final String accessKeyId;
  private final SecretBytes secret;
  private final Optional<String> sessionToken;

  private S3Credentials(String accessKeyId, SecretBytes secret, Optional<String> sessionToken) {
    this.accessKeyId = accessKeyId;
    this.secret = secret;
    this.sessionToken = sessionToken;
  }

  /**
   * Credentials that take {@code secret} over.
   *
   * @param accessKeyId printable ASCII
   * @param secret the secret access key in ASCII
   * @param sessionToken of temporary credentials
   */
  public static S3Credentials of(
      String accessKeyId, SecretBytes secret, Optional<String> sessionToken) {
    if (!accessKeyId.matches("[!-~&&[^/,]]{1,128}")
        || !sessionToken.orElse("x").matches("[!-~]{1,4096}")) {
      throw new IllegalArgumentException(
          "an access key id and a session token are printable ASCII");
    }
    return new S3Credentials(accessKeyId, secret, sessionToken);
  }

  String accessKeyId() {
    return accessKeyId;
  }

  SecretBytes secret() {
    return secret;
  }

  Optional<String> sessionToken() {
    return sessionToken;
  }

  /** Whether a service could tell it from the other. */
  boolean isOther(S3Credentials other) {
    return !accessKeyId.equals(other.accessKeyId) || !sessionToken.equals(other.sessionToken);
  }

  /** Erases the secret. May be called again. */
  public void destroy() {
    secret.destroy();
  }

  /** The same as {@link #destroy}. */
  @Override
  public void close() {
    destroy();
  }

  @Override
  public String toString() {
    return "S3Credentials[redacted]";
  }
}
