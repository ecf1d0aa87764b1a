package dev.coffer.analysis.world;

import dev.coffer.client.Slot;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.KeySchedule;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Every registration that anybody ever meant to make, each with a K of its own. */
final class Registrations {
  /** What a registration protects, and the code that opens it. */
  record Stored(String code, Bytes secret) {}

  private final FleetId fleetId;
  private final Map<Bytes, Stored> stored = new HashMap<>();

  Registrations(FleetId fleetId) {
    this.fleetId = fleetId;
  }

  /** A K that begins with {@code text}, which nothing else has. */
  static Bytes secret(String text) {
    byte[] octets = Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), BackupSecret.SIZE);
    BrokenPromise.unless(text.length() <= octets.length, "simulation", "too long: " + text);
    return Bytes.wrap(octets);
  }

  /** Somebody means to register. */
  void meant(String account, String code, Bytes octets) {
    Subject subject = new Subject(fleetId, TestIssuer.TENANT, account, Slot.CODE.name());
    try (BackupSecret k = BackupSecret.of(SecretBytes.copyOf(octets))) {
      stored.put(KeySchedule.ownerKey(k, subject), new Stored(code, octets));
    }
  }

  /** What a registration holds, by its owner's public key. */
  Stored of(Bytes ownerKey) {
    return stored.get(ownerKey);
  }
}
