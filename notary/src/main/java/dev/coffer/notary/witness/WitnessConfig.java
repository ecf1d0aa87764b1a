package dev.coffer.notary.witness;

import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeySource;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.tlog.Policy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a witness needs.
 *
 * @param home the folder of its journal, which it alone writes
 * @param name of its key, such as witness.example/w1
 * @param key its own, of no other use
 * @param own the public key that everybody knows it by, if anybody does yet
 * @param logs those it cosigns
 * @param clock for the cosignatures' times
 */
public record WitnessConfig(
    Path home,
    KeyName name,
    KeySource key,
    Optional<VerifierKey> own,
    List<WitnessedLog> logs,
    Listen listen,
    InstantSource clock) {
  public WitnessConfig {
    logs = List.copyOf(logs);
  }

  /** The same for the logs of {@code policy} as well. */
  public WitnessConfig with(Policy policy) {
    List<WitnessedLog> all = new ArrayList<>(logs);
    policy.logs().forEach(log -> all.add(WitnessedLog.of(log.key())));
    return new WitnessConfig(home, name, key, own, all, listen, clock);
  }
}
