package dev.coffer.notary.log;

import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeySource;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.tlog.Policy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a log needs.
 *
 * @param home the folder that holds {@code public/} and {@code state/}, which it alone writes
 * @param origin its name, and its key's
 * @param key its own, of no other use
 * @param rule what it lets in
 * @param policy whose witnesses, with their addresses, are asked for cosignatures, and whose quorum
 *     a checkpoint needs before it is published; empty for a log without witnesses
 * @param again how often witnesses are asked when nothing changes; a day is usual
 * @param patience how long a request, and a leaf's answer, waits for witnesses
 */
public record LogConfig(
    Path home,
    KeyName origin,
    KeySource key,
    LeafRule rule,
    Optional<Policy> policy,
    Listen listen,
    Duration again,
    Duration patience) {
  /** A log with the usual times. */
  public static LogConfig of(
      Path home,
      KeyName origin,
      KeySource key,
      LeafRule rule,
      Optional<Policy> policy,
      Listen listen) {
    return new LogConfig(
        home, origin, key, rule, policy, listen, Duration.ofDays(1), Duration.ofSeconds(10));
  }
}
