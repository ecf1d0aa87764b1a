package dev.coffer.protocol.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nine slots and no tenth. */
final class SubjectTest {
  private static Bytes encoding(String slot) {
    return new CanonicalWriter()
        .raw(Samples.fleet().id().value())
        .string("acme")
        .string("alice")
        .string(slot)
        .toBytes();
  }

  @Test
  void theSlotsAreTheCodeAndEightPasskeys() throws Rejected {
    assertEquals(
        List.of(
            "code",
            "passkey-1",
            "passkey-2",
            "passkey-3",
            "passkey-4",
            "passkey-5",
            "passkey-6",
            "passkey-7",
            "passkey-8"),
        Subject.SLOTS);
    for (String slot : Subject.SLOTS) {
      Subject subject = new Subject(Samples.fleet().id(), "acme", "alice", slot);
      assertEquals(encoding(slot), subject.encode());
      assertEquals(subject, Subject.read(new CanonicalReader(encoding(slot))));
    }
  }

  @Test
  void everyOtherNameIsRejected() {
    for (String slot :
        List.of(
            "",
            "c",
            "codes",
            "CODE",
            "code ",
            "code-1",
            "passkey",
            "passkey-",
            "passkey-0",
            "passkey-9",
            "passkey-a",
            "passkey-01",
            "passkey-10",
            "passkey-1 ",
            "passkey-١",
            "a-thiefs-own-slot",
            "s".repeat(32))) {
      assertThrows(
          Rejected.class, () -> Subject.read(new CanonicalReader(encoding(slot))), "slot " + slot);
      assertThrows(
          Invariant.Broken.class,
          () -> new Subject(Samples.fleet().id(), "acme", "alice", slot),
          "slot " + slot);
    }
  }
}
