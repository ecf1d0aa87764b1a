package dev.coffer.client.secret;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.client.secret.UnacceptableCode.Problem;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 8265 §4.3's examples, digits of every script, and what has to be refused. */
final class RecoveryCodeTest {
  private static String normalised(String typed) throws UnacceptableCode {
    try (RecoveryCode code = RecoveryCode.typed(typed.toCharArray());
        SecretBytes octets = code.normalised()) {
      return new String(octets.copy(), StandardCharsets.UTF_8);
    }
  }

  private static Problem problem(String typed) {
    return assertThrows(UnacceptableCode.class, () -> normalised(typed), typed).problem();
  }

  @Test
  void theExamplesOfTheRfc() throws UnacceptableCode {
    assertEquals("correct horse battery staple", normalised("correct horse battery staple"));
    assertEquals("Correct Horse Battery Staple", normalised("Correct Horse Battery Staple"));
    assertEquals(
        "\u03c0\u00df\u00e5\u03c0\u00df\u00e5", normalised("\u03c0\u00df\u00e5\u03c0\u00df\u00e5"));
    assertEquals("Jack of \u2666s", normalised("Jack of \u2666s"));
    assertEquals("foo bar", normalised("foo\u1680bar"));
    assertEquals(Problem.EMPTY, problem(""));
    assertEquals(Problem.FORBIDDEN_CHARACTER, problem("my cat is a \u0009by"));
  }

  @Test
  void decimalDigitsOfEveryScriptAreTheSameCode() throws UnacceptableCode {
    List<Integer> zeros = new ArrayList<>();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER && Character.digit(c, 10) == 0) {
        zeros.add(c);
      }
    }
    assertEquals(true, zeros.size() > 30);
    for (int zero : zeros) {
      StringBuilder typed = new StringBuilder();
      for (int digit : new int[] {4, 0, 7, 1, 9, 2, 8}) {
        typed.appendCodePoint(zero + digit);
      }
      assertEquals("4071928", normalised(typed.toString()), Integer.toHexString(zero));
    }
    // One PIN typed half on one keyboard and half on another is still that PIN.
    assertEquals("123456", normalised("12\u0663\u0664\u06f5\u06f6"));
  }

  @Test
  void digitsAmongOtherCharactersAreLeftAlone() throws UnacceptableCode {
    assertEquals("code \u0661\u0662", normalised("code \u0661\u0662"));
    assertEquals(Problem.FORBIDDEN_CHARACTER, problem("code \u0661\u06f2"));
  }

  @Test
  void composedAndDecomposedAreTheSameCode() throws UnacceptableCode {
    assertEquals(normalised("\u00c5ngstr\u00f6m"), normalised("A\u030angstro\u0308m"));
    assertEquals(normalised("\u00c5ngstr\u00f6m"), normalised("\u212bngstr\u00f6m"));
    assertEquals(
        "\ud55c\uad6d\uc5b4 \ucf54\ub4dc",
        normalised("\u1112\u1161\u11ab\u1100\u116e\u11a8\uc5b4 \ucf54\ub4dc"));
  }

  @Test
  void widthAndCaseAreKept() throws UnacceptableCode {
    assertEquals("\uff21\uff42\uff43def", normalised("\uff21\uff42\uff43def"));
    assertEquals("ABCdef", normalised("ABCdef"));
  }

  @Test
  void spacesOfEveryScriptAreOneSpace() throws UnacceptableCode {
    for (String space : List.of("\u00a0", "\u2003", "\u202f", "\u205f", "\u3000")) {
      assertEquals("two words", normalised("two" + space + "words"));
    }
    assertEquals("two  words", normalised("two  words"));
  }

  @Test
  void spacesAtTheEndsAreNoPartOfIt() throws UnacceptableCode {
    for (String space : List.of(" ", "  ", "\u00a0", "\u2003", "\u202f", "\u3000 ", " \u00a0")) {
      assertEquals("two words", normalised(space + "two words" + space));
      assertEquals("123456", normalised(space + "123456" + space));
    }
    assertEquals(Problem.EMPTY, problem(" \u3000\u00a0 "));
    assertEquals(Problem.TOO_SHORT, problem(" 1234 "));
    assertEquals(Problem.FORBIDDEN_CHARACTER, problem("two words\t"));
  }

  @Test
  void groupedDigitsAreOnePin() throws UnacceptableCode {
    for (String typed : List.of("12345678", "1234 5678", "12 34\u00a056\u202f78", "１２３４　５６７８")) {
      assertEquals("12345678", normalised(typed));
    }
    assertEquals("1234-5678", normalised("1234-5678"));
    assertEquals("1234 a678", normalised("1234 a678"));
    assertEquals(Problem.TOO_SHORT, problem("1 2 3 4 5"));
  }

  @Test
  void whatPhonesMakeOfQuotesDashesAndDotsIsWhatWasTyped() throws UnacceptableCode {
    assertEquals("it's \"so\"", normalised("it\u2019s \u201cso\u201d"));
    assertEquals("it's \"so\"", normalised("it\u2018s \u201eso\u201c"));
    assertEquals("'so' \"so\"", normalised("\u2039so\u203a \u00abso\u00bb"));
    assertEquals("rock-n-roll", normalised("rock\u2013n\u2010roll"));
    assertEquals("wait--what...", normalised("wait\u2014what\u2026"));
    assertEquals("6' 2\" tall", normalised("6\u2032 2\u2033 tall"));
    assertEquals("a".repeat(125) + "...", normalised("a".repeat(125) + "\u2026"));
    assertEquals(Problem.TOO_LONG, problem("a".repeat(126) + "\u2026"));
  }

  @Test
  void octetsThatWereNotUnderstoodAreNoCode() {
    assertEquals(Problem.NOT_DECODED, problem("jos\ufffd\ufffd1234"));
    assertEquals(
        Problem.NOT_DECODED,
        assertThrows(
                UnacceptableCode.class, () -> RecoveryCode.chosen("jos\ufffd1234".toCharArray()))
            .problem());
  }

  private static String earlier(String typed) throws UnacceptableCode {
    try (RecoveryCode code = RecoveryCode.typedEarlierForm(typed.toCharArray());
        SecretBytes octets = code.normalised()) {
      return new String(octets.copy(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void theEarlierFormIsWhatItWas() throws UnacceptableCode {
    assertEquals(" it\u2019s \u2014 1 ", earlier(" it\u2019s\u00a0\u2014 1 "));
    assertEquals("1234 5678", earlier("1234\u00a05678"));
    assertEquals("12345678", earlier("１２３４５６７８"));
    assertEquals("\u00c5ngstr\u00f6m", earlier("A\u030angstro\u0308m"));
    for (String same : List.of("violet kettle 84", "123456", "\u00c5ngstr\u00f6m", "a-b-c-d")) {
      assertEquals(normalised(same), earlier(same));
    }
  }

  @Test
  void newCodesAreOfUnicode13AndOldOnesOfAny() throws UnacceptableCode {
    // U+1FAD6 is of Unicode 13, U+1FAE9 of 16, U+1FACD of 17.
    String teapot = "teapot \ud83e\uded6";
    RecoveryCode.chosen(teapot.toCharArray()).destroy();
    for (String newer : List.of("tired \ud83e\udee9", "orca \ud83e\udecd", "code \u0870")) {
      assertEquals(
          Problem.TOO_NEW_CHARACTER,
          assertThrows(
                  UnacceptableCode.class, () -> RecoveryCode.chosen(newer.toCharArray()), newer)
              .problem());
      assertEquals(newer, normalised(newer));
    }
    assertEquals(Problem.FORBIDDEN_CHARACTER, problem("secret \ufdd0"));
    assertEquals(Problem.FORBIDDEN_CHARACTER, problem("secret \ud83f\udffe"));
  }

  @Test
  void theTableIsUnicode13() {
    int assigned = 0;
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (Unicode13.assigns(c)) {
        assigned++;
        // What was assigned stays assigned: this platform is never behind.
        assertEquals(true, Character.getType(c) != Character.UNASSIGNED, Integer.toHexString(c));
      }
    }
    // 143,859 characters and 65 controls.
    assertEquals(143_859 + 65, assigned);
    assertEquals(false, Unicode13.assigns(0x0378));
    assertEquals(false, Unicode13.assigns(Character.MAX_CODE_POINT + 1));
  }

  @Test
  void whatCannotBeTypedAlikeEverywhereIsRefused() {
    for (String bad :
        List.of(
            "\u0000",
            "\u007f",
            "\u0085",
            "\u00ad",
            "\u200b",
            "\u200c",
            "\u200d",
            "\u202e",
            "\u2028",
            "\u2029",
            "\ufeff",
            "\ufe0f",
            "\ue000",
            "\uffff",
            "\ufdd0",
            "\ud800",
            "\udc00",
            "\u0640",
            "\u1100",
            "\u3164",
            "\u034f",
            "\u303b",
            "\udb40\udc01",
            "\u180e")) {
      assertEquals(Problem.FORBIDDEN_CHARACTER, problem("secret" + bad + "code"), bad);
    }
  }

  @Test
  void contextDecidesAFew() throws UnacceptableCode {
    assertEquals("col\u00b7labora", normalised("col\u00b7labora"));
    assertEquals(Problem.FORBIDDEN_CHARACTER, problem("co\u00b7labora"));
    assertEquals(
        "\u30ab\u30bf\u30ab\u30ca\u30fb\u30ab", normalised("\u30ab\u30bf\u30ab\u30ca\u30fb\u30ab"));
    assertEquals(Problem.FORBIDDEN_CHARACTER, problem("katakana\u30fb"));
    assertEquals(
        "\u05d0\u05d1\u05d2\u05d3\u05d4\u05f3", normalised("\u05d0\u05d1\u05d2\u05d3\u05d4\u05f3"));
    assertEquals(Problem.FORBIDDEN_CHARACTER, problem("hebrew\u05f3"));
    assertEquals(
        "\u0375\u03b1\u03b2\u03b3\u03b4\u03b5", normalised("\u0375\u03b1\u03b2\u03b3\u03b4\u03b5"));
    assertEquals(Problem.FORBIDDEN_CHARACTER, problem("greek \u0375"));
  }

  @Test
  void lengthIsCountedInCharactersAfterNormalising() throws UnacceptableCode {
    assertEquals(Problem.TOO_SHORT, problem("12345"));
    assertEquals("123456", normalised("123456"));
    assertEquals(Problem.TOO_SHORT, problem("A\u030aA\u030aA\u030a"));
    String emoji = "\ud83d\udd11".repeat(6);
    assertEquals(emoji, normalised(emoji));
    assertEquals("a".repeat(128), normalised("a".repeat(128)));
    assertEquals(Problem.TOO_LONG, problem("a".repeat(129)));
    assertEquals(Problem.TOO_LONG, problem("a".repeat(1 << 20)));
  }

  @Test
  void aPasskeysCodeIsHexadecimal() {
    Bytes random = Bytes.fromHex("00ff".repeat(16));
    try (SecretBytes secret = SecretBytes.copyOf(random);
        RecoveryCode code = RecoveryCode.ofPasskey(secret);
        SecretBytes octets = code.normalised()) {
      assertEquals(random.hex(), new String(octets.copy(), StandardCharsets.US_ASCII));
    }
  }

  @Test
  void aDestroyedCodeIsNotUsedAndNoneIsPrinted() throws UnacceptableCode {
    RecoveryCode code = RecoveryCode.typed("123456".toCharArray());
    assertEquals("RecoveryCode[redacted]", code.toString());
    code.destroy();
    assertThrows(Invariant.Broken.class, code::normalised);
  }
}
