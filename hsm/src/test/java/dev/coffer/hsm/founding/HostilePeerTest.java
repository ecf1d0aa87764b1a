package dev.coffer.hsm.founding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.port.FoundingPort;
import dev.coffer.protocol.port.FoundingPort.Commitments;
import dev.coffer.protocol.port.FoundingPort.Reveal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A founding in which HSM 2 or its host plays false, seen by HSM 1. */
final class HostilePeerTest {
  private static final int CONTRIBUTION = 32;

  /** What 1 and 2 of three share: one K_A, five common keys. */
  private static final int SHARED = 6;

  private final List<MemoryPlatform> platforms = new ArrayList<>();
  private final List<FoundingPort> hsms = new ArrayList<>();
  private final List<Commitments> commitments = new ArrayList<>();
  private Fleet fleet;

  private static void refused(RejectionCode code, String what, Executable call) {
    Rejected rejected = assertThrows(Rejected.class, call);
    assertEquals(code, rejected.code());
    assertEquals(what, rejected.what());
  }

  private static FleetSettings settings(int guesses) {
    return new FleetSettings(3, 2, guesses, 1, List.of(new TestIssuer(1).tenant()), true, false);
  }

  @BeforeEach
  void propose() throws Rejected {
    List<HsmIdentity> identities = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      platforms.add(new MemoryPlatform(i));
      hsms.add(new HsmCore(platforms.get(i)).founding());
      identities.add(hsms.get(i).identify());
    }
    fleet = Fleet.of(settings(10), identities);
    for (FoundingPort hsm : hsms) {
      commitments.add(hsm.propose(fleet));
    }
  }

  private FoundingPort first() {
    return hsms.getFirst();
  }

  private List<Reveal> honest() throws Rejected {
    List<Reveal> toFirst = new ArrayList<>();
    for (FoundingPort hsm : hsms) {
      toFirst.addAll(hsm.reveal(commitments).stream().filter(r -> r.to() == 1).toList());
    }
    return toFirst;
  }

  /** Seals whatever to HSM 1 as HSM 2 would: all it takes is public. */
  private Reveal forged(int octets) throws Rejected {
    CanonicalWriter transcript = Label.FOUNDING_TRANSCRIPT.tuple().field(fleet.id().value());
    commitments.forEach(c -> transcript.field(c.encoded()));
    Bytes info =
        Label.FOUNDING_REVEAL
            .tuple()
            .field(fleet.id().value())
            .field(2)
            .field(1)
            .field(Hashes.sha256(transcript))
            .toBytes();
    SecretBytes contents = SecretBytes.random(MemoryPlatform.seeded(99), octets);
    Bytes key = fleet.hsm(1).sessionKey();
    return new Reveal(
        2, 1, Hpke.seal(MemoryPlatform.seeded(98), key, info, fleet.id().value(), contents));
  }

  @Test
  void contributionsAreThosePromisedInNumberAndValue() throws Exception {
    List<Reveal> good = honest();
    Reveal third = good.stream().filter(r -> r.from() == 3).findFirst().orElseThrow();
    for (int number : new int[] {0, SHARED - 1, SHARED + 1}) {
      Reveal short2 = forged(number * CONTRIBUTION);
      refused(
          RejectionCode.BAD_FOUNDING,
          "number of contributions",
          () -> first().complete(List.of(short2, third)));
    }
    Reveal other = forged(SHARED * CONTRIBUTION);
    refused(
        RejectionCode.BAD_FOUNDING,
        "a contribution that was not committed to",
        () -> first().complete(List.of(other, third)));
    assertTrue(first().complete(good).verify(fleet), "a lie does not end the round");
  }

  @Test
  void revealsComeFromMembers() throws Exception {
    List<Reveal> good = honest();
    Bytes sealed = good.getFirst().sealed();
    for (int from : new int[] {0, 1, 4, 255}) {
      refused(
          RejectionCode.BAD_FOUNDING,
          "reveals to this HSM, one a peer",
          () -> first().complete(List.of(new Reveal(from, 1, sealed), good.getLast())));
    }
  }

  @Test
  void whoeverRevealedNothingCompletesNothing() throws Exception {
    List<Reveal> toFirst = new ArrayList<>();
    for (FoundingPort hsm : hsms.subList(1, 3)) {
      toFirst.addAll(hsm.reveal(commitments).stream().filter(r -> r.to() == 1).toList());
    }
    refused(
        RejectionCode.WRONG_PHASE, "reveal comes before complete", () -> first().complete(toFirst));
    first().reveal(commitments);
    first().complete(toFirst);
  }

  @Test
  void ownCommitmentsAreTheOnesOfThisRound() throws Exception {
    // Signed by this very HSM, in another life of it, from which its host kept them.
    List<Commitments> old = new ArrayList<>(commitments);
    old.set(0, new HsmCore(platforms.getFirst()).founding().propose(fleet));
    assertNotEquals(commitments.getFirst(), old.getFirst());
    refused(RejectionCode.BAD_FOUNDING, "own commitments", () -> first().reveal(old));
  }

  @Test
  void commitmentsMayArriveInAnyOrder() throws Exception {
    List<Commitments> shuffled = new ArrayList<>(commitments);
    Collections.rotate(shuffled, 1);
    assertEquals(2, first().reveal(shuffled).size());
    Collections.reverse(shuffled);
    assertEquals(2, first().reveal(shuffled).size());
  }

  @Test
  void anotherFleetIsAnotherRound() throws Exception {
    Fleet stricter = Fleet.of(settings(3), fleet.hsms());
    List<Commitments> others = new ArrayList<>();
    for (FoundingPort hsm : hsms) {
      others.add(hsm.propose(stricter));
    }
    assertNotEquals(commitments, others);
    assertThrows(Rejected.class, () -> first().reveal(commitments), "the first round is over");
    List<Reveal> toFirst = new ArrayList<>();
    for (FoundingPort hsm : hsms) {
      toFirst.addAll(hsm.reveal(others).stream().filter(r -> r.to() == 1).toList());
    }
    assertTrue(first().complete(toFirst).verify(stricter));
    assertEquals(stricter.id(), first().fleet().id());
  }

  @Test
  void anAttestationIsTheSentenceAndTheSignatureAndNothingElse() throws Exception {
    OwnIdentity own = OwnIdentity.make(MemoryPlatform.seeded(5));
    HsmIdentity identity = own.describe(new MemoryPlatform(5));
    OwnIdentity.check(identity, identity);
    Bytes good = identity.attestation();
    byte[] louder = good.toByteArray();
    louder[0] = 's';
    for (Bytes attestation :
        List.of(
            Bytes.EMPTY,
            Bytes.wrap(louder),
            good.slice(1, good.size()),
            good.slice(0, good.size() - 1),
            good.concat(Bytes.zeros(1)),
            good.slice(good.size() - 64, good.size()))) {
      HsmIdentity peer =
          new HsmIdentity(
              identity.statementKey(),
              identity.sessionKey(),
              identity.model(),
              identity.measurement(),
              attestation);
      refused(
          RejectionCode.BAD_FOUNDING,
          "a peer attests another program, or nothing",
          () -> OwnIdentity.check(identity, peer));
    }
  }

  @Test
  void aStateThatCannotBeReadStopsTheHsmInsteadOfMakingItNew() throws Exception {
    byte[] state = platforms.getFirst().load().orElseThrow().copy();
    byte[] longer = Arrays.copyOf(state, state.length + 1);
    byte[] newer = state.clone();
    newer[0] = 3;
    for (byte[] bad : List.of(longer, newer, new byte[0])) {
      MemoryPlatform platform = new MemoryPlatform(1);
      platform.store(SecretBytes.copyOf(bad.length == 0 ? new byte[] {1} : bad));
      assertThrows(Nvram.Fault.class, () -> new HsmCore(platform));
    }
  }

  @Test
  void whatIsLoggedByMistakeTellsNothing() throws Exception {
    MemoryPlatform platform = platforms.getFirst();
    StaticState state = platform.load().orElseThrow().parse(StaticState::read);
    assertEquals("StaticState[redacted]", state.toString());
    assertEquals("OwnIdentity[redacted]", state.identity().toString());
    first().complete(honest());
    assertEquals("Member[1]", SpilledKeys.member(platform).toString());
    assertEquals("FleetKeys[redacted]", SpilledKeys.of(platform).toString());
  }
}
