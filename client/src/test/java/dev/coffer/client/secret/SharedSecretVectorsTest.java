package dev.coffer.client.secret;

import static dev.coffer.protocol.shared.SharedVectors.fields;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.shared.SharedVectors;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What people type and what it becomes, for both clients. */
final class SharedSecretVectorsTest {
  private static final List<String> TYPED =
      List.of(
          "",
          "12345",
          "123456",
          "\u0661\u0662\u0663\u0664\u0665\u0666",
          "12\u0663\u0664\u06f5\u06f6",
          "\ud835\udfce\ud835\udfd9\ud835\udfe2\ud835\udfeb\ud835\udff6\ud835\udfff",
          "correct horse battery staple",
          "foo\u1680bar\u00a0baz",
          "gru\u0308\u00dfe 42",
          "A\u030angstro\u0308m",
          "Jack of \u2666s",
          "my cat is a \u0009by",
          "zero\u200dwidth",
          "soft\u00adhyphen",
          "variation \u2764\ufe0f",
          "l\u00b7l paral\u00b7lel",
          "par\u00b7allel",
          "\u0375\u03b1 greek",
          "\u0375a latin",
          "\u05d0\u05f3 hebrew",
          "a\u05f3 latin",
          "\u30ab\u30fb\u30ab katakana",
          "a\u30fbb latin",
          "\u0661 and \u0662 and",
          "\u0661 and \u06f2 and",
          "\u1100\u1161\u11a8 jamo",
          "\uac01\uac02\uac03\uac04\uac05\uac06",
          "\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00",
          "private \ue000",
          "tag \udb40\udc01",
          "filler \u3164",
          "k\u0323\u0307k\u0307\u0323abcd",
          "x".repeat(128),
          "x".repeat(129),
          "\u1e9b\u0323 dots dots");

  private static final Subject SUBJECT =
      new Subject(new FleetId(Bytes.fromHex("0f".repeat(32))), "acme", "al\u00efce", "passkey-8");
  private static final RegistrationId ID = new RegistrationId(Bytes.fromHex("1d".repeat(32)));

  private static String outcome(String typed) {
    try (RecoveryCode code = RecoveryCode.typed(typed.toCharArray());
        SecretBytes octets = code.normalised()) {
      return "= " + new String(octets.copy(), StandardCharsets.UTF_8);
    } catch (UnacceptableCode e) {
      return e.problem().name();
    }
  }

  @Test
  void codes() {
    List<Map<String, Object>> cases = new ArrayList<>();
    for (String typed : TYPED) {
      cases.add(fields("typed", typed, "outcome", outcome(typed)));
    }
    SharedVectors.check(
        "codes",
        fields(
            "what",
            "What is typed, and the code it is (after '= ') or why it cannot be one. refused: the"
                + " code points of Unicode 13.0 that are refused behind six letters, as ranges"
                + " (first, last). normalForms: SHA-256 over what the others become, one after"
                + " another. assigned: the borders of Unicode 13.0.",
            "cases",
            cases,
            "refused",
            refused(),
            "normalForms",
            normalForms().hex(),
            "assigned",
            assigned()));
  }

  private static List<Integer> assigned() {
    List<Integer> borders = new ArrayList<>();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (Unicode13.assigns(c) != (c > 0 && Unicode13.assigns(c - 1))) {
        borders.add(c);
      }
    }
    assertTrue(borders.size() > 1000, "Unicode has many ranges");
    return borders;
  }

  private static String behindSixLetters(int codePoint) {
    return "abcdef" + Character.toString(codePoint);
  }

  private static List<Integer> refused() {
    List<Integer> ranges = new ArrayList<>();
    boolean before = false;
    for (int c = 0; c <= Character.MAX_CODE_POINT + 1; c++) {
      boolean now =
          c <= Character.MAX_CODE_POINT
              && Unicode13.assigns(c)
              && !outcome(behindSixLetters(c)).startsWith("= ");
      if (now && !before) {
        ranges.add(c);
      } else if (!now && before) {
        ranges.add(c - 1);
      }
      before = now;
    }
    return ranges;
  }

  private static Bytes normalForms() {
    CanonicalWriter all = new CanonicalWriter();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (Unicode13.assigns(c)) {
        String outcome = outcome(behindSixLetters(c));
        all.raw(outcome.startsWith("= ") ? utf8(outcome.substring(2)) : new byte[0]);
      }
    }
    return Hashes.sha256(all);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static SecretBytes secret(String octet, int size) {
    return SecretBytes.copyOf(Bytes.fromHex(octet.repeat(size)));
  }

  private static String hex(SecretBytes secret) {
    return Bytes.wrap(secret.copy()).hex();
  }

  @Test
  void keys() throws Exception {
    RecoveryCode code = RecoveryCode.typed("\u0661\u0662\u0663\u0664\u0665\u0666".toCharArray());
    BackupSecret k = BackupSecret.of(secret("c4", 32));
    Bytes salt = KeySchedule.stretchingSalt(SUBJECT);
    KsfParameters ksf = new KsfParameters(19 << 10, 2, 2);
    SecretBytes stretched = new Argon2id().stretch(secret("55", 64), salt, ksf);
    SharedVectors.check(
        "keys",
        fields(
            "what",
            "From a code and K to every key (PROTOCOL.md §7). The OPRF's output is 64 octets of 55,"
                + " K 32 of c4, the nonce of the wrapping 12 of 07; m = 19456, t = 2, p = 2.",
            "subject",
            SUBJECT.encode().hex(),
            "registrationId",
            ID.value().hex(),
            "code",
            "\u0661\u0662\u0663\u0664\u0665\u0666",
            "oprfInput",
            hex(KeySchedule.oprfInput(SUBJECT, code)),
            "salt",
            salt.hex(),
            "stretched",
            hex(stretched),
            "authSeed",
            hex(KeySchedule.authSeed(stretched, SUBJECT, ID)),
            "authKey",
            Ed25519.publicKey(KeySchedule.authSeed(stretched, SUBJECT, ID)).hex(),
            "ownerSeed",
            hex(KeySchedule.ownerSeed(k, SUBJECT)),
            "ownerKey",
            KeySchedule.ownerKey(k, SUBJECT).hex(),
            "wrapped",
            KeySchedule.wrap(b -> Arrays.fill(b, (byte) 7), stretched, SUBJECT, ID, k).hex(),
            "sixtyFourDigits",
            new String(SixtyFourDigitKey.render(k)),
            "check",
            SixtyFourDigitKey.check(k),
            "passkeyCode",
            hex(RecoveryCode.ofPasskey(secret("9e", 32)).normalised())));
  }

  @Test
  void passkey() {
    PasskeyFile file = new PasskeyFile("acme", "al\u00efce", "passkey-8");
    SharedVectors.check(
        "passkey",
        fields(
            "what",
            "The unlock file of a passkey (PROTOCOL.md §7.2), with what the passkey gave and with K.",
            "tenant",
            file.tenant(),
            "account",
            file.account(),
            "slot",
            file.slot(),
            "output",
            PasskeyFile.OUTPUT.hex(),
            "key",
            PasskeyFile.K.hex(),
            "code",
            PasskeyFile.CODE.hex(),
            "name",
            PasskeyFile.NAME,
            "created",
            PasskeyFile.CREATED,
            "synced",
            true,
            "head",
            file.head().hex(),
            "file",
            file.encode().hex()));
  }

  @Test
  void paper() {
    byte[] counting = new byte[32];
    for (int i = 0; i < counting.length; i++) {
      counting[i] = (byte) (7 * i);
    }
    BackupSecret k = BackupSecret.of(SecretBytes.copyOf(counting));
    String key = new String(SixtyFourDigitKey.render(k));
    String check = SixtyFourDigitKey.check(k);
    String both = key + "\n" + check;
    List<String> all =
        List.of(
            both,
            key,
            both.toUpperCase(Locale.ROOT),
            both.replace(" ", ""),
            both.replace(' ', '\u2013'),
            both.replace(' ', '\u00a0'),
            both.replace(" ", "\u200b"),
            both.replace(" ", "\u001c"),
            both.replace(" ", "\u0085"),
            "\u2588\u2580\u2584 \u2588\n" + both + "\n\u259f",
            both.replace(' ', '\u2593').replace('\n', '\u2580'),
            "Key:   " + key + "\nCheck: " + check,
            "{\"key\": \"" + key + "\", \"check\": \"" + check + "\"}",
            both.replace('0', 'O').replace('1', 'l'),
            both.replace('1', '|'),
            both.replace('a', '\uff41').replace('7', '\u0667'),
            key.replaceFirst("..$", "") + "\n" + check,
            both.substring(1),
            both + " 00",
            both.replaceFirst("^.", "g"),
            key + "\n" + check.replaceFirst(".$", "x"),
            key.replaceFirst("^.", "f") + "\n" + check,
            key.substring(9) + " " + key.substring(0, 8) + "\n" + check,
            key + "\n" + check.substring(3) + " " + check.substring(0, 2),
            key.replaceFirst("^.", "f"),
            "",
            " ".repeat(4096),
            " ".repeat(4097));
    List<Map<String, Object>> cases = new ArrayList<>();
    for (String typed : all) {
      cases.add(
          fields(
              "typed", typed,
              "checked", read(typed, SixtyFourDigitKey::parse),
              "unchecked", read(typed, SixtyFourDigitKey::parseUnchecked)));
    }
    SharedVectors.check(
        "paper",
        fields(
            "what",
            "Keys as they are typed, and K or the groups to look at: with their check, and where"
                + " none was kept.",
            "key",
            Bytes.wrap(counting).hex(),
            "cases",
            cases));
  }

  /** One way to read a key. */
  @FunctionalInterface
  private interface KeyReader {
    BackupSecret read(char[] typed) throws UnreadableKey;
  }

  private static String read(String typed, KeyReader reader) {
    try (BackupSecret read = reader.read(typed.toCharArray());
        SecretBytes copy = read.copy()) {
      return hex(copy);
    } catch (UnreadableKey e) {
      return e.groups().toString();
    }
  }
}
