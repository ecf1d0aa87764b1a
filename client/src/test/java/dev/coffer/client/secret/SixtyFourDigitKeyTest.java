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

  private static UnreadableKey refused(String digits, String check) {
    return assertThrows(
        UnreadableKey.class, () -> SixtyFourDigitKey.parse(digits.toCharArray(), check));
  }

  @Test
  void itIsKInHexadecimalAndBack() throws UnreadableKey {
    assertEquals(DIGITS, new String(SixtyFourDigitKey.render(secret())));
    String check = SixtyFourDigitKey.check(secret());
    assertTrue(check.matches("([0-9a-f]{2} ){7}[0-9a-f]{2}"), check);
    for (String typed :
        List.of(
            DIGITS,
            DIGITS.replace(" ", ""),
            DIGITS.toUpperCase(Locale.ROOT),
            DIGITS.replace(" ", "-"),
            " " + DIGITS.replace(" ", "\n") + "\n")) {
      assertTrue(SixtyFourDigitKey.parse(typed.toCharArray(), check).sameAs(secret()));
      assertTrue(SixtyFourDigitKey.parse(typed.toCharArray(), "").sameAs(secret()));
    }
  }

  @Test
  void theMistypedGroupIsNamed() {
    String check = SixtyFourDigitKey.check(secret());
    for (int group = 0; group < 8; group++) {
      char[] typed = DIGITS.toCharArray();
      typed[9 * group + 3] = typed[9 * group + 3] == '7' ? '8' : '7';
      UnreadableKey refusal = refused(new String(typed), check);
      assertEquals(List.of(group + 1), refusal.groups());
      assertTrue(refusal.whatToDoNext().contains("roup " + (group + 1)));
      assertFalse(
          refusal.whatToDoNext().contains(new String(typed).substring(9 * group, 9 * group + 8)));
    }
  }

  @Test
  void groupsInTheWrongOrderAreNamed() {
    String swapped = "04050607 00010203" + DIGITS.substring(17);
    assertEquals(List.of(1, 2), refused(swapped, SixtyFourDigitKey.check(secret())).groups());
  }

  @Test
  void aCharacterThatIsNoDigitIsLocated() {
    assertEquals(List.of(3), refused(DIGITS.replace("0a0b", "0aOb"), "").groups());
    assertEquals(List.of(8), refused(DIGITS + "g", "").groups());
    assertEquals(List.of(1), refused("\u0660" + DIGITS, "").groups());
  }

  @Test
  void aMissingOrExtraDigitIsLocated() {
    assertEquals(List.of(4), refused(DIGITS.replace("0c0d0e0f", "0c0d0e0"), "").groups());
    assertEquals(List.of(5), refused(DIGITS.replace("10111213", "101112133"), "").groups());
    assertEquals(List.of(8), refused(DIGITS.substring(0, 70), "").groups());
    refused("", "");
    refused("0".repeat(100_000), "");
  }

  @Test
  void aCheckThatIsNoneIsRefusedToo() {
    refused(DIGITS, "12");
    refused(DIGITS, "zz".repeat(8));
  }
}
