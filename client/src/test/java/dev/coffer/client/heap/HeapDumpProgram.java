package dev.coffer.client.heap;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Recovery;
import dev.coffer.client.Slot;
import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/**
 * A process of its own that registers, guesses wrong once, recovers, destroys what it holds and
 * writes its whole heap to a file: garbage included, unless the third argument is {@code live}.
 */
final class HeapDumpProgram {
  private HeapDumpProgram() {}

  /** The code of a seed, twelve letters. */
  static char[] code(long seed) {
    Random random = new Random(seed);
    char[] letters = new char[12];
    for (int i = 0; i < letters.length; i++) {
      letters[i] = (char) ('a' + random.nextInt(26));
    }
    return letters;
  }

  /** The K of a seed. */
  static byte[] secret(long seed) {
    byte[] octets = new byte[BackupSecret.SIZE];
    new Random(~seed).nextBytes(octets);
    return octets;
  }

  /** The octets that the device of a seed draws. */
  static Randomness drawn(long seed) {
    return Device.seeded(seed + 1);
  }

  /** The fleet of a seed. */
  static MiniFleet fleet(long seed) {
    return new MiniFleet(5, 3, Device.seeded(seed));
  }

  /** Registers, guesses wrong, recovers. */
  static void live(Device device, long seed) throws Exception {
    // As an app's own memory does, which is a file or a key store.
    device.memory.overwriting = true;
    try (RecoveryCode right = typed(seed);
        BackupSecret k = BackupSecret.of(SecretBytes.wrap(secret(seed)))) {
      Enrolment end = device.start().enrol(Slot.CODE, right, k, Authority.none());
      expect(end instanceof Enrolment.Enrolled);
    }
    try (RecoveryCode wrong = typed(seed + 2)) {
      expect(device.start().recover(Slot.CODE, wrong) instanceof Recovery.WrongCode);
    }
    try (RecoveryCode right = typed(seed)) {
      Recovery end = device.start().recover(Slot.CODE, right);
      expect(end instanceof Recovery.Recovered);
      if (end instanceof Recovery.Recovered recovered) {
        recovered.secret().destroy();
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    long seed = Long.parseLong(arguments[0]);
    live(new Device(fleet(seed), drawn(seed)), seed);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpHeap(arguments[1], arguments[2].equals("live"));
  }

  private static RecoveryCode typed(long seed) throws Exception {
    char[] typed = code(seed);
    try {
      return RecoveryCode.typed(typed);
    } finally {
      Arrays.fill(typed, '\0');
    }
  }

  private static void expect(boolean holds) {
    if (!holds) {
      throw new AssertionError("the recovery did not go as it should");
    }
  }
}
