package dev.coffer.transparency.tlog;

import static dev.coffer.transparency.RefusalAssertion.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {
  private final SignerKey log = TestKeys.signer("log.example/1");
  private final Map<String, SignerKey> witnesses = new TreeMap<>();
  private final Note checkpoint =
      Note.sign(new Checkpoint("log.example/1", 7, Tlog.EMPTY_ROOT).text(), log);

  PolicyTest() {
    for (String name : new String[] {"X1", "X2", "X3", "Y1", "Y2", "Y3"}) {
      witnesses.put(name, TestKeys.witness("witness.example/" + name));
    }
  }

  private String text(String rest) {
    StringBuilder text = new StringBuilder("log " + log.verifier().text() + "\n");
    witnesses.forEach(
        (name, key) -> text.append("witness " + name + " " + key.verifier().text() + "\n"));
    return text + rest;
  }

  private Policy policy(String rest) throws Refused {
    return Policy.parse(Utf8.encode(text(rest)));
  }

  private Note signedAt(Object... namesAndTimes) {
    Note note = checkpoint;
    for (int i = 0; i < namesAndTimes.length; i += 2) {
      note =
          note.with(
              witnesses
                  .get((String) namesAndTimes[i])
                  .cosign(checkpoint.unverifiedText(), (Integer) namesAndTimes[i + 1]));
    }
    return note;
  }

  private static final String EXAMPLE =
      """
      group X-witnesses 2 X1 X2 X3
      group Y-witnesses any Y1 Y2 Y3
      group X-and-Y all X-witnesses Y-witnesses
      quorum X-and-Y
      """;

  @Test
  void exampleOfTheSpecification() throws Refused {
    Policy policy = policy(EXAMPLE);
    assertEquals(
        OptionalLong.of(20),
        policy.checkWitnesses(signedAt("X1", 10, "X2", 20, "X3", 30, "Y1", 90)));
    assertEquals(
        OptionalLong.of(10), policy.checkWitnesses(signedAt("X1", 10, "X2", 20, "Y3", 90)));
    assertRefused(
        RefusalCode.NO_QUORUM, () -> policy.checkWitnesses(signedAt("X1", 1, "X2", 1, "X3", 1)));
    assertRefused(
        RefusalCode.NO_QUORUM, () -> policy.checkWitnesses(signedAt("X1", 1, "Y1", 1, "Y2", 1)));
    assertRefused(RefusalCode.NO_QUORUM, () -> policy.checkWitnesses(checkpoint));
    assertEquals(7, policy.check(signedAt("X1", 1, "X2", 1, "Y2", 1)).checkpoint().size());
  }

  @Test
  void oneWitnessCountsOnceAndByItsLatestWord() throws Refused {
    Policy two = policy("group g 2 X1 X2 X3\nquorum g\n");
    assertRefused(
        RefusalCode.NO_QUORUM, () -> two.checkWitnesses(signedAt("X1", 1, "X1", 2, "X1", 3)));
    assertEquals(OptionalLong.of(3), two.checkWitnesses(signedAt("X1", 1, "X1", 3, "X2", 9)));
  }

  @Test
  void lyingClockDoesNotMakeAQuorumFresh() throws Refused {
    Policy two = policy("group g 2 X1 X2 X3\nquorum g\n");
    assertEquals(
        OptionalLong.of(5),
        two.checkWitnesses(signedAt("X1", Integer.MAX_VALUE, "X2", 5, "X3", 4)));
  }

  /** By when a quorum stood behind it: neither a clock that is ahead counts, nor one behind. */
  @Test
  void aQuorumIsReachedWhateverOneClockSays() throws Refused {
    Policy two = policy("group g 2 X1 X2 X3\nquorum g\n");
    for (long odd : List.of(0L, (long) Integer.MAX_VALUE)) {
      assertEquals(OptionalLong.of(odd == 0 ? 5 : 6), two.quorumReached(at(odd, 5, 6)));
    }
    assertEquals(OptionalLong.empty(), two.quorumReached(at(4)));
    assertEquals(OptionalLong.of(7), policy(EXAMPLE).quorumReached(at(4, 7, 9, 6, 8)));
    assertEquals(OptionalLong.empty(), policy("quorum none\n").quorumReached(at(4)));
  }

  /** X1, X2 … signed then. */
  private Map<VerifierKey, Long> at(long... times) {
    Map<VerifierKey, Long> signed = new HashMap<>();
    int next = 0;
    for (SignerKey witness : witnesses.values()) {
      if (next < times.length) {
        signed.put(witness.verifier(), times[next++]);
      }
    }
    return signed;
  }

  @Test
  void badCosignatureAmongGoodOnesIsRefused() throws Refused {
    Policy one = policy("quorum X1\n");
    Note bad = signedAt("X1", 1).with(witnesses.get("X2").cosign("another checkpoint\n1\nx\n", 1));
    assertRefused(RefusalCode.BAD_SIGNATURE, () -> one.checkWitnesses(bad));
  }

  @Test
  void logSignsForItsOwnOriginOnly() throws Refused {
    Policy policy = policy("quorum none\n");
    assertEquals(OptionalLong.empty(), policy.check(checkpoint).quorumTime());
    Note foreign = Note.sign(new Checkpoint("log.example/2", 7, Tlog.EMPTY_ROOT).text(), log);
    assertRefused(RefusalCode.WRONG_ORIGIN, () -> policy.checkLog(foreign));
    Note impostor = Note.sign(checkpoint.unverifiedText(), TestKeys.signer("log.example/impostor"));
    assertRefused(RefusalCode.UNKNOWN_SIGNER, () -> policy.checkLog(impostor));
  }

  @Test
  void looseLayoutIsReadAndWrittenTight() throws Refused {
    String loose =
        "  # a comment \u00e9\n\n\tlog \t "
            + log.verifier().text()
            + "  https://log.example/ \nquorum none\n";
    Policy policy = Policy.parse(Utf8.encode(loose));
    assertEquals("https://log.example/", policy.logs().get(0).url().orElseThrow());
    assertEquals(
        Utf8.encode("log " + log.verifier().text() + " https://log.example/\nquorum none\n"),
        policy.encode());
    Policy example = policy(EXAMPLE);
    assertEquals(example, Policy.parse(example.encode()));
  }

  @Test
  void namesAreOctets() throws Refused {
    // Latin 1, not UTF-8: still a name.
    byte[] name = {'w', (byte) 0xe9};
    Bytes file =
        Utf8.encode("witness ")
            .concat(Bytes.copyOf(name))
            .concat(Utf8.encode(" " + witnesses.get("X1").verifier().text() + "\nquorum "))
            .concat(Bytes.copyOf(name))
            .concat(Utf8.encode("\n"));
    assertEquals(file, Policy.parse(file).encode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "quorum none",
        "quorum none\r\n",
        "quorum none\nquorum none\n",
        "quorum nobody\n",
        "quorum X1 X2\n",
        "quorum\n",
        "Quorum none\n",
        "group g 2 X1\nquorum g\n",
        "group g 0 X1\nquorum g\n",
        "group g 01 X1\nquorum g\n",
        "group g -1 X1\nquorum g\n",
        "group g all\nquorum g\n",
        "group g any none\nquorum g\n",
        "group none any X1\nquorum none\n",
        "group X1 any X2\nquorum X1\n",
        "group g any g\nquorum g\n",
        "group g any h\ngroup h any X1\nquorum g\n",
        "group g all X1 X1\nquorum g\n",
        "group g all X1 X2\ngroup h all X1 g\nquorum h\n",
        "quorum g\ngroup g all X1 X2\n",
        "quorum none\n\u0000\n",
        "quorum none\n\u007f\n",
      })
  void malformedPoliciesAreRefused(String rest) {
    assertThrows(Refused.class, () -> policy(rest));
  }

  @Test
  void keysOfTheWrongKindOrTwiceAreRefused() {
    String none = "quorum none\n";
    assertThrows(
        Refused.class, () -> policy("log " + witnesses.get("X1").verifier().text() + "\n" + none));
    assertThrows(Refused.class, () -> policy("witness w " + log.verifier().text() + "\n" + none));
    assertThrows(Refused.class, () -> policy("log " + log.verifier().text() + "\n" + none));
    assertThrows(
        Refused.class,
        () -> policy("witness again " + witnesses.get("X1").verifier().text() + "\n" + none));
  }
}
