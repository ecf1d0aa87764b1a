package dev.coffer.client.exchange;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import org.junit.jupiter.api.Test;

/** What is loaded for an unfinished operation holds a blind: it is left in one place alone. */
final class MemoryTest {
  private final MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(81));
  private final Subject subject =
      new Subject(fleet.fleet().id(), MiniFleet.TENANT, "account", "code");

  private byte[] blinded() {
    CanonicalWriter out = new CanonicalWriter();
    Blinded.of(Device.seeded(82), subject, Device.code("123456")).write(out);
    return out.toByteArray();
  }

  @Test
  void whatWasReadIsErasedAndWhatWasDecodedStays() throws Rejected {
    byte[] octets = blinded();
    Blinded decoded = Memory.decode(octets, Blinded::read);
    assertArrayEquals(new byte[octets.length], octets);
    assertTrue(decoded.blinds(subject, Device.code("123456")));
  }

  @Test
  void whatCannotBeReadIsErasedToo() {
    byte[] octets = new CanonicalWriter().raw(blinded()).u8(0).toByteArray();
    assertThrows(Rejected.class, () -> Memory.decode(octets, Blinded::read));
    assertArrayEquals(new byte[octets.length], octets);
    assertEquals(65, octets.length);
  }
}
