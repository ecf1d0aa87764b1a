package dev.coffer.backup.webdav;

import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Name and password of a user of a WebDAV server. Redacted text. Thread-safe. */
public final class WebDavLogin {
  private final String user;
  private final SecretBytes password;

  private WebDavLogin(String user, SecretBytes password) {
    this.user = user;
    this.password = password;
  }

  /**
   * A login that takes {@code password} over.
   *
   * @param user without a colon, which HTTP puts between the two
   */
  public static WebDavLogin of(String user, SecretBytes password) {
    if (user.isEmpty() || user.indexOf(':') >= 0 || user.chars().anyMatch(ch -> ch < ' ')) {
      throw new IllegalArgumentException("write a user's name without a colon");
    }
    return new WebDavLogin(user, password);
  }

  /** As RFC 7617 sends it, over TLS or to this machine. */
  String header() {
    byte[] name = (user + ":").getBytes(StandardCharsets.UTF_8);
    byte[] secret = password.copy();
    byte[] both = Arrays.copyOf(name, name.length + secret.length);
    System.arraycopy(secret, 0, both, name.length, secret.length);
    try {
      return "Basic " + Base64.getEncoder().encodeToString(both);
    } finally {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(both, (byte) 0);
    }
  }

  @Override
  public String toString() {
    return "WebDavLogin[redacted]";
  }
}
