package dev.coffer.client.secret;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.fleet.MapMemory;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.golden.GoldenBook;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The labelled inputs that clients make, each with what the client's own code makes of it. */
final class ClientGoldenTest {
  private static final Subject SUBJECT =
      new Subject(new FleetId(Bytes.fromHex("11".repeat(32))), "acme", "alice", "code");
  private static final RegistrationId ID = new RegistrationId(Bytes.fromHex("a2".repeat(32)));

  private final GoldenBook book = new GoldenBook();

  private static SecretBytes secret(String octet, int size) {
    return SecretBytes.copyOf(Bytes.fromHex(octet.repeat(size)));
  }

  private static Bytes open(SecretBytes secret) {
    return Bytes.wrap(secret.copy());
  }

  @Test
  void everyInputReadsAsItAlwaysDid() throws Exception {
    code();
    keys();
    paper();
    passkeys();
    memory();
    book.check("client.txt");
  }

  private void code() throws UnacceptableCode, InterruptedException {
    RecoveryCode code = RecoveryCode.typed("١٢٣٤٥٦".toCharArray());
    Bytes input = open(KeySchedule.oprfInput(SUBJECT, code));
    book.tuple(Label.OPRF_INPUT, "input of the OPRF", input, "subject", "normalised code");
    CanonicalWriter salt = Label.KSF_SALT.tuple().field(SUBJECT.encode());
    SecretBytes stretched =
        new Argon2id()
            .stretch(
                secret("55", 64), KeySchedule.stretchingSalt(SUBJECT), new KsfParameters(64, 2, 1));
    book.tuple(Label.KSF_SALT, "SHA-256, first 16 octets: salt of Argon2id", salt, "subject")
        .gives("salt", Hashes.sha256(salt).slice(0, 16))
        .gives("Argon2id m=64 t=2 p=1", open(stretched));
  }

  private void keys() {
    BackupSecret k = BackupSecret.of(secret("c4", 32));
    SecretBytes s = secret("33", 64);
    CanonicalWriter auth = Label.AUTH_KEY.tuple().field(SUBJECT.encode()).field(ID.value());
    book.tuple(Label.AUTH_KEY, "HKDF info, no salt", auth, "subject", "regId")
        .gives("authKey", Ed25519.publicKey(KeySchedule.authSeed(s, SUBJECT, ID)));
    CanonicalWriter wrap = Label.WRAP_KEY.tuple().field(SUBJECT.encode()).field(ID.value());
    CanonicalWriter seal = Label.WRAP_SEAL.tuple().field(SUBJECT.encode()).field(ID.value());
    Bytes wrapped = KeySchedule.wrap(b -> Arrays.fill(b, (byte) 7), s, SUBJECT, ID, k);
    book.tuple(Label.WRAP_KEY, "HKDF info, no salt", wrap, "subject", "regId");
    book.tuple(Label.WRAP_SEAL, "AES-256-GCM associated data", seal, "subject", "regId")
        .gives("wrapped K", wrapped);
    CanonicalWriter owner = Label.OWNER_KEY.tuple().field(SUBJECT.encode());
    book.tuple(Label.OWNER_KEY, "HKDF info, no salt, of K", owner, "subject")
        .gives("ownerKey", KeySchedule.ownerKey(k, SUBJECT));
  }

  private void paper() {
    BackupSecret k = BackupSecret.of(secret("c4", 32));
    CanonicalWriter group = Label.KEY_CHECKSUM.tuple().field(7).field(Bytes.fromHex("c4c4c4c4"));
    Bytes check = Hashes.sha256(group).slice(0, 1);
    book.tuple(Label.KEY_CHECKSUM, "SHA-256, first octet", group, "group", "octets of K")
        .gives("check", check);
    assertEquals(check.hex(), SixtyFourDigitKey.check(k).substring(21));
  }

  private void passkeys() {
    PasskeyFile file = new PasskeyFile("acme", "alice", "passkey-1");
    book.tuple(
        Label.PASSKEY_KEY,
        "HKDF info, salted, of the passkey's PRF",
        PasskeyFile.keyInfo(),
        "domain",
        "credential",
        "user handle");
    book.tuple(
            Label.PASSKEY_SEAL,
            "AES-256-GCM associated data",
            file.context(Label.PASSKEY_SEAL),
            "tenant",
            "account",
            "head")
        .gives("sealed code", file.sealedCode());
    CanonicalWriter name = Label.PASSKEY_NAME_KEY.tuple().field("acme").field("alice");
    book.tuple(Label.PASSKEY_NAME_KEY, "HKDF info, no salt, of K", name, "tenant", "account");
    book.tuple(
            Label.PASSKEY_NAME_SEAL,
            "AES-256-GCM associated data",
            file.context(Label.PASSKEY_NAME_SEAL),
            "tenant",
            "account",
            "head")
        .gives("sealed name", file.sealedName());
  }

  private void memory() throws OperationAborted {
    CanonicalWriter tuple = Label.CLIENT_MEMORY.tuple().field("acme").field("alice").field("code");
    book.tuple(Label.CLIENT_MEMORY, "SHA-256, name of a value", tuple, "tenant", "account", "slot")
        .gives("name", Hashes.sha256(tuple));
    MapMemory port = new MapMemory();
    new Memory(port).remember(SUBJECT, 1, Bytes.zeros(32));
    assertEquals("registered-" + Hashes.sha256(tuple).hex(), port.values.firstKey());
  }
}
