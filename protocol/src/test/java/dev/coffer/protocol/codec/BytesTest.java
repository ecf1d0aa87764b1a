package dev.coffer.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Hexadecimal and order, written by hand for older phones, against the JDK's own. */
class BytesTest {
  private static final Random RANDOM = new Random(1);

  private static byte[] random(int size) {
    byte[] octets = new byte[size];
    RANDOM.nextBytes(octets);
    return octets;
  }

  @Test
  void hexadecimalIsThatOfTheJdk() {
    for (int size = 0; size < 300; size++) {
      byte[] octets = random(size);
      String hex = HexFormat.of().formatHex(octets);
      assertEquals(hex, Bytes.wrap(octets).hex());
      assertEquals(Bytes.wrap(octets), Bytes.fromHex(hex));
      String capitals = HexFormat.of().withUpperCase().formatHex(octets);
      assertEquals(Bytes.wrap(octets), Bytes.fromHex(capitals));
    }
  }

  @Test
  void nothingElseIsReadAsHexadecimal() {
    List<String> others =
        List.of("0", "0g", "G0", " 0", "0x", "+1", "\uff11\uff12", "@0", "`0", "0/");
    for (String odd : others) {
      assertThrows(IllegalArgumentException.class, () -> Bytes.fromHex(odd), odd);
    }
  }

  @Test
  void theOrderIsUnsigned() {
    for (int i = 0; i < 10_000; i++) {
      byte[] some = random(RANDOM.nextInt(4));
      byte[] others = random(RANDOM.nextInt(4));
      assertEquals(
          Integer.signum(Arrays.compareUnsigned(some, others)),
          Integer.signum(Bytes.wrap(some).compareTo(Bytes.wrap(others))));
    }
  }
}
