package dev.coffer.ceremony.plan;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;

/** Settings files as people write them. */
public final class SampleSettings {
  private SampleSettings() {}

  /** A good file for {@code n} sites, with keys that nobody has. */
  public static String of(int n, String simulated) {
    return of(n, simulated, IntStream.rangeClosed(1, n).mapToObj(SampleSettings::key).toList());
  }

  /** The same with these participants. */
  public static String of(int n, String simulated, List<String> keys) {
    StringBuilder text = new StringBuilder("ceremony = pilot-1\n");
    text.append("hsms = ").append(n).append('\n');
    text.append("capture-quorum = ").append(n / 2 + 1).append('\n');
    text.append("guess-limit = 10\nreplace-by-login = yes\ndelete-by-login = no\n");
    text.append("simulated = ").append(simulated).append('\n');
    text.append("tenant.1.name = app\ntenant.1.root-key = ").append("11".repeat(32)).append('\n');
    for (int i = 1; i <= n; i++) {
      text.append("site.%d.name = town-%d\nsite.%d.host = 192.0.2.%d\n".formatted(i, i, i, i));
    }
    for (int i = 1; i <= keys.size(); i++) {
      text.append("participant.%d.name = person-%d\n".formatted(i, i));
      text.append("participant.%d.key = %s a comment\n".formatted(i, keys.get(i - 1)));
    }
    return text.toString();
  }

  /** A public key of the right form. */
  public static String key(int number) {
    byte[] type = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
    byte[] blob = new byte[4 + type.length + 4 + 32];
    blob[3] = (byte) type.length;
    System.arraycopy(type, 0, blob, 4, type.length);
    blob[4 + type.length + 3] = 32;
    blob[blob.length - 1] = (byte) number;
    return "ssh-ed25519 " + Base64.getEncoder().encodeToString(blob);
  }
}
