package dev.coffer.hsm.founding;

import dev.coffer.hsm.seal.FleetKeys;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.port.FoundingPort.Commitments;
import dev.coffer.protocol.port.FoundingPort.Reveal;
import dev.coffer.protocol.port.FoundingPort.TranscriptSignature;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One HSM's part in one founding, in memory until it is complete. The attackers are the host, which
 * carries every message, and a peer that would choose its contributions after seeing the others':
 * hence commitments first, and no second set of commitments once anything was revealed.
 *
 * <p>Not thread-safe.
 */
final class FoundingRound implements AutoCloseable {
  private final Fleet fleet;
  private final int index;
  private final OwnIdentity own;
  private final SharedSecrets secrets;
  private final Map<Integer, SecretBytes> contributions = new LinkedHashMap<>();
  private Optional<List<Commitments>> committed = Optional.empty();

  private FoundingRound(Fleet fleet, int index, OwnIdentity own, Randomness randomness) {
    this.fleet = fleet;
    this.index = index;
    this.own = own;
    this.secrets = new SharedSecrets(fleet.settings().n());
    secrets
        .heldBy(index)
        .forEach(
            number -> contributions.put(number, SecretBytes.random(randomness, Limits.DIGEST)));
  }

  /** Begins, if it is a member and all run its program, none of them SIMULATED if it is not. */
  static FoundingRound begin(
      Fleet fleet, HsmIdentity identity, OwnIdentity own, Randomness randomness) throws Rejected {
    int index = fleet.hsms().indexOf(identity) + 1;
    if (index == 0) {
      throw new Rejected(RejectionCode.BAD_FOUNDING, "this HSM is not a member");
    }
    for (HsmIdentity peer : fleet.hsms()) {
      OwnIdentity.check(identity, peer);
      if (peer.simulated() && !identity.simulated()) {
        String its = "HSM " + (fleet.hsms().indexOf(peer) + 1);
        throw new Rejected(
            RejectionCode.BAD_FOUNDING,
            its + " is SIMULATED and this one is not: found without it");
      }
    }
    return new FoundingRound(fleet, index, own, randomness);
  }

  Fleet fleet() {
    return fleet;
  }

  int index() {
    return index;
  }

  Commitments commitments() {
    return Contribution.sign(fleet.id(), index, contributions, own.statementSeed());
  }

  /** Shows each peer the contributions to what it shares with this HSM. */
  List<Reveal> reveal(Randomness randomness, List<Commitments> all) throws Rejected {
    List<Commitments> sorted = new ArrayList<>(all);
    sorted.sort(Comparator.comparingInt(Commitments::index));
    if (committed.isPresent() && !committed.get().equals(sorted)) {
      throw new Rejected(RejectionCode.BAD_FOUNDING, "commitments changed after the reveal");
    }
    List<Integer> from = sorted.stream().map(Commitments::index).toList();
    if (!from.equals(IntStream.rangeClosed(1, fleet.settings().n()).boxed().toList())) {
      throw new Rejected(RejectionCode.BAD_FOUNDING, "commitments of every HSM");
    }
    for (Commitments each : sorted) {
      Contribution.check(fleet, secrets, each);
    }
    if (!sorted.get(index - 1).equals(commitments())) {
      throw new Rejected(RejectionCode.BAD_FOUNDING, "own commitments");
    }
    committed = Optional.of(List.copyOf(sorted));
    List<Reveal> reveals = new ArrayList<>();
    for (int to = 1; to <= fleet.settings().n(); to++) {
      if (to != index) {
        reveals.add(revealTo(to, randomness));
      }
    }
    return reveals;
  }

  private Reveal revealTo(int to, Randomness randomness) throws Rejected {
    CanonicalWriter out = new CanonicalWriter();
    for (int number : secrets.heldByBoth(index, to)) {
      Objects.requireNonNull(contributions.get(number)).write(out);
    }
    try (SecretBytes plaintext = SecretBytes.wrap(out.toByteArray())) {
      Bytes recipient = fleet.hsm(to).sessionKey();
      return new Reveal(
          index,
          to,
          Hpke.seal(randomness, recipient, info(index, to), fleet.id().value(), plaintext));
    } finally {
      out.wipe();
    }
  }

  /** Bound to all commitments as the sender saw them: another peer's view does not open it. */
  private Bytes info(int from, int to) throws Rejected {
    return Label.FOUNDING_REVEAL
        .tuple()
        .field(fleet.id().value())
        .field(from)
        .field(to)
        .field(transcriptHash())
        .toBytes();
  }

  private Bytes transcriptHash() throws Rejected {
    CanonicalWriter tuple = Label.FOUNDING_TRANSCRIPT.tuple().field(fleet.id().value());
    List<Commitments> all =
        committed.orElseThrow(
            () -> new Rejected(RejectionCode.WRONG_PHASE, "reveal comes before complete"));
    all.forEach(commitments -> tuple.field(commitments.encoded()));
    return Hashes.sha256(tuple);
  }

  /** Checks what the peers revealed against what they committed to, and derives the keys. */
  FleetKeys complete(List<Reveal> reveals) throws Rejected {
    Map<Integer, Map<Integer, SecretBytes>> bySecret = new LinkedHashMap<>();
    contributions.forEach((number, mine) ->
        bySecret.put(number, new LinkedHashMap<>(Map.of(index, mine.slice(0, mine.size())))));
    try {
      Set<Integer> seen = new HashSet<>(Set.of(index));
      for (Reveal reveal : reveals) {
        boolean addressed =
            reveal.to() == index && reveal.from() >= 1 && reveal.from() <= fleet.settings().n();
        if (!addressed || !seen.add(reveal.from())) {
          throw new Rejected(RejectionCode.BAD_FOUNDING, "reveals to this HSM, one a peer");
        }
        open(reveal, bySecret);
      }
      if (seen.size() != fleet.settings().n()) {
        throw new Rejected(RejectionCode.BAD_FOUNDING, "a reveal from every peer");
      }
      return secrets.combine(fleet.id(), index, transcriptHash(), bySecret);
    } finally {
      bySecret.values().forEach(byPeer -> byPeer.values().forEach(SecretBytes::destroy));
    }
  }

  private void open(Reveal reveal, Map<Integer, Map<Integer, SecretBytes>> bySecret)
      throws Rejected {
    int from = reveal.from();
    Bytes info = info(from, index);
    Map<Integer, Bytes> promised =
        Contribution.check(fleet, secrets, committed.orElseThrow().get(from - 1));
    List<Integer> numbers = secrets.heldByBoth(from, index);
    try (SecretBytes plaintext =
        Hpke.open(own.sessionKey(), info, fleet.id().value(), reveal.sealed())) {
      if (plaintext.size() != numbers.size() * Limits.DIGEST) {
        throw new Rejected(RejectionCode.BAD_FOUNDING, "number of contributions");
      }
      for (int i = 0; i < numbers.size(); i++) {
        int number = numbers.get(i);
        SecretBytes contribution = plaintext.slice(i * Limits.DIGEST, (i + 1) * Limits.DIGEST);
        Objects.requireNonNull(bySecret.get(number)).put(from, contribution);
        Bytes commitment = Contribution.commitment(fleet.id(), from, number, contribution);
        if (!commitment.equals(Objects.requireNonNull(promised.get(number)))) {
          throw new Rejected(
              RejectionCode.BAD_FOUNDING, "a contribution that was not committed to");
        }
      }
    }
  }

  /** This HSM's word on the founding as it saw it. */
  TranscriptSignature signTranscript() throws Rejected {
    Bytes hash = transcriptHash();
    Bytes text = TranscriptSignature.text(fleet.id(), index, hash);
    return new TranscriptSignature(
        index, fleet.id(), hash, Ed25519.sign(own.statementSeed(), text));
  }

  /** Erases the contributions. */
  @Override
  public void close() {
    contributions.values().forEach(SecretBytes::destroy);
  }
}
