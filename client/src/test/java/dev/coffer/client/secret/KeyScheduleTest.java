package dev.coffer.client.secret;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Test;

/**
 * The key schedule written out by hand from PROTOCOL.md §7, octet by octet, next to the real one.
 */
final class KeyScheduleTest {
  private static final Subject SUBJECT =
      new Subject(new FleetId(Bytes.fromHex("11".repeat(32))), "tenant", "account", "code");
  private static final RegistrationId ID = new RegistrationId(Bytes.fromHex("22".repeat(32)));
  private static final KsfParameters KSF = new KsfParameters(64, 2, 1);

  /** 32 octets, then three strings with their u16 lengths. */
  private static final Bytes SUBJECT_OCTETS =
      Bytes.fromHex("11".repeat(32))
          .concat(Bytes.fromHex("0006"))
          .concat(ascii("tenant"))
          .concat(Bytes.fromHex("0007"))
          .concat(ascii("account"))
          .concat(Bytes.fromHex("0004"))
          .concat(ascii("code"));

  private static Bytes ascii(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Bytes tuple(String label, Bytes... fields) {
    Bytes tuple = field(ascii("coffer/v1/" + label));
    for (Bytes each : fields) {
      tuple = tuple.concat(field(each));
    }
    return tuple;
  }

  private static Bytes field(Bytes octets) {
    return Bytes.wrap(new byte[] {0, 0, (byte) (octets.size() >> 8), (byte) octets.size()})
        .concat(octets);
  }

  /** RFC 5869 with an empty salt and one block of output. */
  private static Bytes hkdf(Bytes input, Bytes info) throws Exception {
    Bytes key = hmac(Bytes.zeros(32), input);
    return hmac(key, info.concat(Bytes.fromHex("01")));
  }

  private static Bytes hmac(Bytes key, Bytes text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.toByteArray(), "HmacSHA256"));
    return Bytes.wrap(mac.doFinal(text.toByteArray()));
  }

  private static Bytes open(SecretBytes secret) {
    return Bytes.wrap(secret.copy());
  }

  private static SecretBytes stretched() {
    return SecretBytes.copyOf(Bytes.fromHex("33".repeat(64)));
  }

  private static BackupSecret secret() {
    return BackupSecret.of(SecretBytes.copyOf(Bytes.fromHex("44".repeat(32))));
  }

  @Test
  void theOprfsInputNamesTheSubject() throws UnacceptableCode {
    RecoveryCode code = RecoveryCode.typed("123456".toCharArray());
    assertEquals(
        tuple("oprf-input", SUBJECT_OCTETS, ascii("123456")),
        open(KeySchedule.oprfInput(SUBJECT, code)));
  }

  @Test
  void stretchingIsArgon2idOverTheSubjectsSalt() throws InterruptedException {
    Bytes salt = Hashes.sha256(tuple("ksf-salt", SUBJECT_OCTETS)).slice(0, 16);
    Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
    argon2.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(0x13)
            .withMemoryAsKB(64)
            .withIterations(2)
            .withParallelism(1)
            .withSalt(salt.toByteArray())
            .build());
    byte[] expected = new byte[64];
    argon2.generateBytes(Bytes.fromHex("55".repeat(64)).toByteArray(), expected);
    SecretBytes output = SecretBytes.copyOf(Bytes.fromHex("55".repeat(64)));
    Bytes ours = KeySchedule.stretchingSalt(SUBJECT);
    assertEquals(salt, ours);
    assertEquals(Bytes.wrap(expected), open(new Argon2id().stretch(output, ours, KSF)));
  }

  @Test
  void everyKeyIsTheOneOfTheDocument() throws Exception {
    Bytes s = Bytes.fromHex("33".repeat(64));
    assertEquals(
        hkdf(s, tuple("auth-key", SUBJECT_OCTETS, ID.value())),
        open(KeySchedule.authSeed(stretched(), SUBJECT, ID)));
    assertEquals(
        hkdf(Bytes.fromHex("44".repeat(32)), tuple("owner-key", SUBJECT_OCTETS)),
        open(KeySchedule.ownerSeed(secret(), SUBJECT)));
    Bytes wrapped =
        KeySchedule.wrap(
            target -> Arrays.fill(target, (byte) 7), stretched(), SUBJECT, ID, secret());
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    gcm.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(
            hkdf(s, tuple("wrap-key", SUBJECT_OCTETS, ID.value())).toByteArray(), "AES"),
        new GCMParameterSpec(128, wrapped.slice(0, 12).toByteArray()));
    gcm.updateAAD(tuple("wrap-seal", SUBJECT_OCTETS, ID.value()).toByteArray());
    assertEquals(
        Bytes.fromHex("44".repeat(32)),
        Bytes.wrap(gcm.doFinal(wrapped.slice(12, wrapped.size()).toByteArray())));
    assertEquals(KeySchedule.WRAPPED, wrapped.size());
  }

  @Test
  void aWrappedKeyOpensForItsOwnCodeSubjectAndRegistrationAlone() throws Rejected {
    Bytes wrapped = KeySchedule.wrap(b -> {}, stretched(), SUBJECT, ID, secret());
    assertTrue(KeySchedule.unwrap(stretched(), SUBJECT, ID, wrapped).sameAs(secret()));
    SecretBytes other = SecretBytes.copyOf(Bytes.zeros(64));
    assertThrows(Rejected.class, () -> KeySchedule.unwrap(other, SUBJECT, ID, wrapped));
    Subject slot = new Subject(SUBJECT.fleetId(), "tenant", "account", "passkey-1");
    assertThrows(Rejected.class, () -> KeySchedule.unwrap(stretched(), slot, ID, wrapped));
    RegistrationId id = new RegistrationId(Bytes.zeros(32));
    assertThrows(Rejected.class, () -> KeySchedule.unwrap(stretched(), SUBJECT, id, wrapped));
    for (Bytes bad : List.of(Bytes.EMPTY, wrapped.slice(0, 59), wrapped.concat(Bytes.zeros(1)))) {
      assertThrows(Rejected.class, () -> KeySchedule.unwrap(stretched(), SUBJECT, ID, bad));
    }
    assertFalse(secret().toString().contains("44"));
  }
}
