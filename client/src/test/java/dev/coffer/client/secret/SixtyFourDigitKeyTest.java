package dev.coffer.client.secret;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** K on paper and back, and every way to mistype it. */
final class SixtyFourDigitKeyTest {
  private static final String DIGITS =
      "00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617 18191a1b 1c1d1e1f";

  private static BackupSecret secret() {
    return BackupSecret.of(SecretBytes.copyOf(Bytes.fromHex(DIGITS.replace(" ", ""))));
  }

  private static final String CHECK = "11 3d 09 c1 fd 61 cc 7c";
  private static final String WHOLE = DIGITS + "\n" + CHECK;

  private static UnreadableKey refused(String typed) {
    return assertThrows(UnreadableKey.class, () -> SixtyFourDigitKey.parse(typed.toCharArray()));
  }

  private static void opens(String typed) throws UnreadableKey {
    try (BackupSecret read = SixtyFourDigitKey.parse(typed.toCharArray())) {
      assertTrue(read.sameAs(secret()), typed);
    }
    assertEquals(SixtyFourDigitKey.DIGITS_IN_ALL, SixtyFourDigitKey.digits(typed.toCharArray()));
  }

  @Test
  void itIsKInHexadecimalAndBack() throws UnreadableKey {
    assertEquals(DIGITS, new String(SixtyFourDigitKey.render(secret())));
    assertEquals(CHECK, SixtyFourDigitKey.check(secret()));
    for (String typed :
        List.of(
            WHOLE,
            WHOLE.replace(" ", "").replace("\n", ""),
            WHOLE.toUpperCase(Locale.ROOT),
            WHOLE.replace(" ", "-"),
            " " + WHOLE.replace(" ", "\r\n") + "\n")) {
      opens(typed);
    }
  }

  @Test
  void whatItWentThroughDoesNotMatter() throws UnreadableKey {
    opens("\ufeff" + WHOLE);
    opens(WHOLE.replace('0', 'O').replace('1', 'l'));
    opens(WHOLE.replace('0', 'o').replace('1', 'I'));
    opens(WHOLE.replace("1", "|"));
    for (String space : List.of("\u00a0", "\u2007", "\u202f", "\u3000", "\t", "\u2013", "\u2011")) {
      opens(WHOLE.replace(" ", space));
    }
    opens(WHOLE.replace('0', '\uff10').replace('a', '\uff41'));
    opens(
        "    "
            + DIGITS.substring(0, 35)
            + "\n    "
            + DIGITS.substring(36)
            + "\n    check: "
            + CHECK);
    opens(DIGITS + "\nCheck, to keep apart from it: " + CHECK + "\n");
    opens("{\"key\":\"" + DIGITS + "\",\"check\":\"" + CHECK + "\"}");
    opens("{\n  \"key\" : \"" + DIGITS + "\",\n  \"check\": \"" + CHECK + "\"\n}");
  }

  @Test
  void theCheckIsPartOfIt() throws UnreadableKey {
    assertTrue(refused(DIGITS).whatToDoNext().startsWith("The check is missing"));
    try (BackupSecret read = SixtyFourDigitKey.parseUnchecked(DIGITS.toCharArray())) {
      assertTrue(read.sameAs(secret()));
    }
    String other = WHOLE.replace("11 3d", "12 3d");
    assertEquals(List.of(1), refused(other).groups());
    assertThrows(UnreadableKey.class, () -> SixtyFourDigitKey.parseUnchecked(other.toCharArray()));
  }

  @Test
  void theMistypedGroupIsNamed() {
    for (int group = 0; group < 8; group++) {
      char[] typed = WHOLE.toCharArray();
      typed[9 * group + 3] = typed[9 * group + 3] == '7' ? '8' : '7';
      UnreadableKey refusal = refused(new String(typed));
      assertEquals(List.of(group + 1), refusal.groups());
      assertTrue(refusal.whatToDoNext().contains("roup " + (group + 1)));
      assertFalse(
          refusal.whatToDoNext().contains(new String(typed).substring(9 * group, 9 * group + 8)));
    }
  }

  @Test
  void groupsInTheWrongOrderAreNamed() {
    assertEquals(List.of(1, 2), refused("04050607 00010203" + WHOLE.substring(17)).groups());
  }

  @Test
  void aCharacterThatIsNoDigitIsLocated() {
    assertEquals(List.of(3), refused(WHOLE.replace("0a0b", "0axb")).groups());
    assertEquals(List.of(9), refused(DIGITS + " g").groups());
    assertEquals(List.of(16), refused(WHOLE + "g").groups());
    assertTrue(refused(WHOLE.replace("3d", "3x")).whatToDoNext().contains("pair 2 of the check"));
  }

  @Test
  void aMissingOrExtraDigitIsLocated() {
    assertEquals(List.of(4), refused(WHOLE.replace("0c0d0e0f", "0c0d0e0")).groups());
    assertEquals(List.of(5), refused(WHOLE.replace("10111213", "101112133")).groups());
    assertEquals(List.of(8), refused(DIGITS.substring(0, 70)).groups());
    assertEquals(List.of(10), refused(WHOLE.replace("3d", "3")).groups());
    refused("");
    refused("0".repeat(100_000));
  }
}
