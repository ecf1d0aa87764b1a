package dev.coffer.ceremony.record;

import dev.coffer.ceremony.plan.Plan;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.tlog.TlogProof;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A log of two leaves, the second of which announces, with two witnesses that both have to sign, or
 * three of whom two have to.
 */
public final class TestLog {
  private static final Bytes BEFORE = Utf8.encode("something else\n");
  private static final SignerKey LOG = key("log.example/plans", SignatureType.ED25519, 1);
  private static final List<SignerKey> WITNESSES =
      List.of(
          key("one.example", SignatureType.COSIGNATURE, 2),
          key("two.example", SignatureType.COSIGNATURE, 3),
          key("three.example", SignatureType.COSIGNATURE, 4));

  private TestLog() {}

  private static SignerKey key(String name, SignatureType type, int seed) {
    byte[] octets = new byte[32];
    Arrays.fill(octets, (byte) seed);
    try {
      return SignerKey.of(KeyName.parse(name), type, SecretBytes.wrap(octets));
    } catch (Refused e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its policy. */
  public static Bytes policy() {
    return policy("all");
  }

  /** The same with another quorum. */
  public static Bytes policy(String quorum) {
    return Utf8.encode(
        "log %s\nwitness one %s\nwitness two %s\ngroup all 2 one two\nquorum %s\n"
            .formatted(
                LOG.verifier().text(),
                WITNESSES.get(0).verifier().text(),
                WITNESSES.get(1).verifier().text(),
                quorum));
  }

  /** With three witnesses, two of whom are a quorum. */
  public static Bytes policyOfThree() {
    StringBuilder text = new StringBuilder("log " + LOG.verifier().text() + "\n");
    for (int i = 0; i < WITNESSES.size(); i++) {
      text.append("witness w%d %s\n".formatted(i, WITNESSES.get(i).verifier().text()));
    }
    return Utf8.encode(text + "group most 2 w0 w1 w2\nquorum most\n");
  }

  /** The line of settings that names the policy. */
  public static String setting() {
    return setting(policy());
  }

  public static String setting(Bytes policy) {
    return "announced-by = " + Hashes.sha256(policy).hex() + "\n";
  }

  /** That {@code plan} is in it; the witnesses sign at these times, as many as there are. */
  public static Bytes proof(Plan plan, Instant... times) {
    return proof(Announcement.leaf(plan), times);
  }

  static Bytes proof(Bytes leaf, Instant... times) {
    Bytes before = Tlog.leafHash(BEFORE);
    Bytes root = Tlog.nodeHash(before, Tlog.leafHash(leaf));
    String text = new Checkpoint(LOG.verifier().name().value(), 2, root).text();
    Note note = Note.sign(text, LOG);
    for (int i = 0; i < times.length; i++) {
      note = note.with(WITNESSES.get(i).cosign(text, times[i].getEpochSecond()));
    }
    return new TlogProof(Optional.empty(), 1, List.of(before), note).encode();
  }
}
