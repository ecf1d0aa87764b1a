package dev.coffer.verification.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Slot;
import dev.coffer.client.exchange.Blinded;
import dev.coffer.client.exchange.Evaluation;
import dev.coffer.client.exchange.Verified;
import dev.coffer.client.secret.Argon2id;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.KeySchedule;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.lab.bench.MemoryOnly;
import dev.coffer.node.fleet.ProcessFleet;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.oprf.Oprf;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.threshold.Sharing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * RFC 9497 by somebody else: {@code @cloudflare/voprf-ts} blinds the code and finalizes the partial
 * results of a running fleet, and comes to the output with which the Java client enrolled.
 */
@Tag("long")
final class NpmOprfTest {
  private static final Randomness RANDOM = Randomness.system();

  private static NpmOprf npm() throws Exception {
    Optional<NpmOprf> started = NpmOprf.start();
    assumeTrue(started.isPresent(), "no Node.js with the npm package here");
    return started.get();
  }

  private static Bytes octets(SecretBytes secret) {
    return Bytes.wrap(secret.copy());
  }

  @Test
  void sharesAmongAnyNumberGiveTheSameOutput() throws Exception {
    try (NpmOprf npm = npm()) {
      for (int n : new int[] {3, 5, 7}) {
        int t = n / 2 + 1;
        Bytes input = RANDOM.bytes(40);
        Bytes nonce = RANDOM.bytes(32);
        Map<Integer, Map<Integer, SecretBytes>> keys = keys(Sharing.among(n));
        SecretBytes secretInput = SecretBytes.copyOf(input);
        Oprf.Blinding<RistrettoElement, RistrettoScalar> ours =
            Oprf.RISTRETTO255.blind(secretInput, RANDOM);
        RistrettoElement combined =
            Sharing.among(n)
                .combine(
                    Ristretto255.GROUP,
                    partials(n, keys, nonce, ours.blindedElement()).subList(0, t));
        Bytes expected =
            octets(Oprf.RISTRETTO255.finalizeOutput(secretInput, ours.blind(), combined));
        NpmOprf.Blinding theirs = npm.blind(input);
        List<Sharing.Partial<RistrettoElement>> all =
            partials(n, keys, nonce, Ristretto255.GROUP.decode(theirs.element()));
        for (int rotation = 0; rotation < n; rotation++) {
          Collections.rotate(all, 1);
          assertEquals(expected, npm.finish(theirs, n, all.subList(0, t)));
        }
      }
    }
  }

  private static Map<Integer, Map<Integer, SecretBytes>> keys(Sharing sharing) {
    List<SecretBytes> all = new ArrayList<>();
    sharing.subsets().forEach(subset -> all.add(SecretBytes.random(RANDOM, 32)));
    Map<Integer, Map<Integer, SecretBytes>> keys = new HashMap<>();
    for (int index = 1; index <= sharing.n(); index++) {
      Map<Integer, SecretBytes> own = new HashMap<>();
      sharing.subsetsOf(index).forEach(position -> own.put(position, all.get(position)));
      keys.put(index, own);
    }
    return keys;
  }

  private static List<Sharing.Partial<RistrettoElement>> partials(
      int n, Map<Integer, Map<Integer, SecretBytes>> keys, Bytes nonce, RistrettoElement blinded) {
    List<Sharing.Partial<RistrettoElement>> partials = new ArrayList<>();
    for (int index = 1; index <= n; index++) {
      RistrettoScalar share =
          Sharing.among(n).share(Ristretto255.GROUP, index, keys.get(index), nonce);
      partials.add(new Sharing.Partial<>(index, Oprf.RISTRETTO255.evaluate(share, blinded)));
    }
    return partials;
  }

  @Test
  void aRunningFleetsPartialResultsOpenTheAccountFromJavaScript(@TempDir Path home)
      throws Exception {
    try (NpmOprf npm = npm();
        ProcessFleet vault = new ProcessFleet(home, 3, 2)) {
      for (int node = 1; node <= 3; node++) {
        vault.spawn(node);
      }
      for (int node = 1; node <= 3; node++) {
        vault.awaitReady(node);
      }
      RecoveryCode code = RecoveryCode.typed("١٢٣٤٥٦".toCharArray());
      assertInstanceOf(
          Enrolment.Enrolled.class,
          vault
              .client("alice", new MemoryOnly())
              .enrol(Slot.CODE, code, BackupSecret.generate(RANDOM), Authority.none()));
      AttemptWay way = new AttemptWay(vault, "alice", RANDOM);

      NpmOprf.Blinding right = npm.blind(octets(KeySchedule.oprfInput(way.subject(), code)));
      Verified theirs = way.attempt(right.element());
      Bytes output = npm.finish(right, 3, lastTwo(theirs));

      Blinded blinded = Blinded.of(RANDOM, way.subject(), code);
      Evaluation evaluation = Evaluation.of(3, way.attempt(blinded.element()));
      assertEquals(1, evaluation.candidates().size());
      RistrettoElement ours = evaluation.candidates().get(0).element();
      assertEquals(octets(blinded.finish(way.subject(), code, ours)), output);
      assertEquals(authKey(theirs), opened(way.subject(), theirs, output));

      RecoveryCode other = RecoveryCode.typed("654321".toCharArray());
      NpmOprf.Blinding wrong = npm.blind(octets(KeySchedule.oprfInput(way.subject(), other)));
      Verified answer = way.attempt(wrong.element());
      Bytes useless = npm.finish(wrong, 3, lastTwo(answer));
      assertNotEquals(authKey(answer), opened(way.subject(), answer, useless));
    }
  }

  /** Any two of three are enough, and a fleet on a busy machine may not wait for the third. */
  private static List<Sharing.Partial<RistrettoElement>> lastTwo(Verified answer) {
    int size = answer.partials().size();
    assertTrue(size >= 2, "two partial results");
    return answer.partials().subList(size - 2, size);
  }

  private static Bytes authKey(Verified verified) throws Rejected {
    return AttemptPayload.decode(verified.payload()).authKey();
  }

  /** The public authKey that an OPRF output leads to. */
  private static Bytes opened(Subject subject, Verified verified, Bytes output)
      throws Rejected, InterruptedException {
    AttemptPayload payload = AttemptPayload.decode(verified.payload());
    SecretBytes stretched =
        new Argon2id()
            .stretch(
                SecretBytes.copyOf(output), KeySchedule.stretchingSalt(subject), payload.ksf());
    return Ed25519.publicKey(KeySchedule.authSeed(stretched, subject, payload.registrationId()));
  }
}
