package dev.coffer.client.secret;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** K on several sheets: any of them that are enough give it, fewer say nothing. */
final class KeySheetTest {
  private static BackupSecret secret() {
    return BackupSecret.of(SecretBytes.copyOf(Bytes.fromHex("c4d5e6f7".repeat(8))));
  }

  private static List<KeySheet> sheets(int count, int needed) {
    return KeySheet.divide(secret(), count, needed, Randomness.system());
  }

  private static KeySheet read(KeySheet sheet) throws UnreadableKey {
    String text = new String(sheet.render()) + "\n    check: " + sheet.check();
    assertEquals(KeySheet.DIGITS_IN_ALL, SixtyFourDigitKey.digits(text.toCharArray()));
    return KeySheet.parse(("Sheet of a key, any three of them: \n" + text).toCharArray());
  }

  @Test
  void theFieldIsAField() {
    for (int a = 0; a < 256; a++) {
      assertEquals(a, Shamir.times(a, 1));
      assertEquals(0, Shamir.times(a, 0));
      assertEquals(a == 0 ? 0 : 1, Shamir.times(a, Shamir.inverse(a)));
      for (int b = 0; b < 256; b++) {
        assertEquals(Shamir.times(a, b), Shamir.times(b, a));
        int c = (a * 7 + b * 31) & 0xff;
        assertEquals(Shamir.times(a, b ^ c), Shamir.times(a, b) ^ Shamir.times(a, c));
        assertEquals(Shamir.times(a, Shamir.times(b, c)), Shamir.times(Shamir.times(a, b), c));
      }
    }
    // FIPS 197 §4.2.
    assertEquals(0xc1, Shamir.times(0x57, 0x83));
  }

  /** Over all polynomials: whatever the secret, fewer shares take each value equally often. */
  @Test
  void fewerSharesSayNothing() {
    for (int secret : new int[] {0, 1, 0x80, 0xff}) {
      int[] one = new int[256];
      for (int coefficient = 0; coefficient < 256; coefficient++) {
        int value = coefficient;
        Randomness fixed = target -> Arrays.fill(target, (byte) value);
        Shamir.Share[] shares = Shamir.split(new byte[] {(byte) secret}, 3, 2, fixed);
        one[shares[2].values[0] & 0xff]++;
      }
      int[] each = new int[256];
      Arrays.fill(each, 1);
      assertArrayEquals(each, one);
      int[] two = new int[1 << 16];
      for (int both = 0; both < 1 << 16; both++) {
        int[] left = {both & 0xff, both >> 8};
        int[] at = {0};
        Randomness fixed = target -> Arrays.fill(target, (byte) left[at[0]++]);
        Shamir.Share[] shares = Shamir.split(new byte[] {(byte) secret}, 3, 3, fixed);
        two[(shares[0].values[0] & 0xff) << 8 | shares[2].values[0] & 0xff]++;
      }
      int[] eachPair = new int[1 << 16];
      Arrays.fill(eachPair, 1);
      assertArrayEquals(eachPair, two);
    }
  }

  /** Shares that a program of others made, see its ORIGIN.md. */
  @Test
  void sharesByAnotherImplementationGiveTheirSecret() throws IOException {
    Map<String, List<String[]>> splits = new LinkedHashMap<>();
    try (InputStream in = KeySheetTest.class.getResourceAsStream("/vectors/shamir/shares.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), US_ASCII);
      for (String line : text.lines().toList()) {
        String[] words = line.split(" ");
        splits.computeIfAbsent(words[0] + " " + words[1], key -> new ArrayList<>()).add(words);
      }
    }
    assertEquals(4, splits.size());
    splits.forEach((split, lines) -> {
      int needed = Integer.parseInt(lines.get(0)[1]);
      for (int from = 0; from + needed <= lines.size(); from++) {
        Shamir.Share[] shares =
            lines.subList(from, from + needed).stream()
                .map(words -> new Shamir.Share(Integer.parseInt(words[3]), octets(words[4])))
                .toArray(Shamir.Share[]::new);
        assertArrayEquals(octets(lines.get(0)[2]), Shamir.combine(shares), split);
        Shamir.Share[] fewer = Arrays.copyOf(shares, needed - 1);
        assertFalse(Arrays.equals(octets(lines.get(0)[2]), Shamir.combine(fewer)), split);
      }
    });
  }

  private static byte[] octets(String hex) {
    return Bytes.fromHex(hex).toByteArray();
  }

  @Test
  void anyThatAreEnoughGiveTheKey() throws UnreadableKey {
    for (int[] size : new int[][] {{2, 2}, {5, 3}, {5, 5}, {16, 2}}) {
      List<KeySheet> all = sheets(size[0], size[1]);
      for (int chosen = 0; chosen < 1 << size[0]; chosen++) {
        if (Integer.bitCount(chosen) == size[1]) {
          List<KeySheet> some = new ArrayList<>();
          for (int i = size[0] - 1; i >= 0; i--) {
            if ((chosen >> i & 1) == 1) {
              some.add(read(all.get(i)));
            }
          }
          try (BackupSecret joined = KeySheet.join(some)) {
            assertTrue(joined.sameAs(secret()));
          }
        }
      }
      assertThrows(Invariant.Broken.class, () -> KeySheet.join(all.subList(0, size[1] - 1)));
    }
  }

  @Test
  void aSheetSaysWhatItIs() throws UnreadableKey {
    KeySheet third = read(sheets(5, 3).get(2));
    assertEquals(3, third.number());
    assertEquals(3, third.needed());
    assertEquals("KeySheet[redacted]", third.toString());
  }

  @Test
  void sheetsOfTwoSetsAreNotMixed() throws UnreadableKey {
    Randomness one = target -> Arrays.fill(target, (byte) 1);
    Randomness two = target -> Arrays.fill(target, (byte) 2);
    KeySheet first = KeySheet.divide(secret(), 3, 2, one).get(0);
    KeySheet second = KeySheet.divide(secret(), 3, 2, two).get(1);
    assertTrue(first.fits(KeySheet.divide(secret(), 3, 2, one).get(1)));
    assertFalse(first.fits(second));
    assertFalse(first.fits(first));
    assertFalse(first.fits(KeySheet.divide(secret(), 3, 3, one).get(1)));
    assertThrows(UnreadableKey.class, () -> KeySheet.join(List.of(first, second)));
  }

  @Test
  void aMistypedGroupIsNamedAndAKeyIsNoSheet() {
    KeySheet sheet = sheets(3, 2).get(0);
    String digits = new String(sheet.render());
    char wrong = digits.charAt(10) == '7' ? '8' : '7';
    String typed = digits.substring(0, 10) + wrong + digits.substring(11) + sheet.check();
    UnreadableKey refusal =
        assertThrows(UnreadableKey.class, () -> KeySheet.parse(typed.toCharArray()));
    assertEquals(List.of(2), refusal.groups());
    String key = new String(SixtyFourDigitKey.render(secret())) + SixtyFourDigitKey.check(secret());
    assertThrows(UnreadableKey.class, () -> KeySheet.parse(key.toCharArray()));
    assertThrows(UnreadableKey.class, () -> KeySheet.parse(digits.toCharArray()));
    String whole = digits + sheet.check();
    assertThrows(UnreadableKey.class, () -> SixtyFourDigitKey.parse(whole.toCharArray()));
  }
}
