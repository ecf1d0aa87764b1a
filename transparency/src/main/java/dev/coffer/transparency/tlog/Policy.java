package dev.coffer.transparency.tlog;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.VerifiedNote;
import dev.coffer.transparency.note.VerifiedSignature;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which logs count, which witnesses, and how many of them are enough (c2sp.org/tlog-policy). {@link
 * PolicyText} reads and writes its text. Immutable and thread-safe.
 *
 * <p>Names and addresses are octets to this format, kept one character an octet (ISO 8859-1).
 *
 * @param logs whose checkpoints count; a log's key name is its origin
 * @param witnesses distinct public keys
 * @param groups in the order of their definition; members are defined before
 * @param quorum a witness, a group, or {@link #NONE}
 */
public record Policy(List<Log> logs, List<Witness> witnesses, List<Group> groups, String quorum) {
  /** The quorum that every checkpoint has. */
  public static final String NONE = "none";

  /** A log; the address is for those who talk to it. */
  public record Log(VerifierKey key, Optional<String> url) {}

  /** A witness; the address is for those who talk to it. */
  public record Witness(String name, VerifierKey key, Optional<String> url) {}

  /**
   * Agrees when at least {@code threshold} of its members do.
   *
   * @param members names of witnesses or groups
   */
  public record Group(String name, int threshold, List<String> members) {
    public Group {
      members = List.copyOf(members);
    }
  }

  public Policy {
    logs = List.copyOf(logs);
    witnesses = List.copyOf(witnesses);
    groups = List.copyOf(groups);
  }

  /** Reads a policy file of at most 64 KiB. */
  public static Policy parse(Bytes file) throws Refused {
    return PolicyText.parse(file);
  }

  /** The policy as a file: one space between words, no comments. */
  public Bytes encode() {
    return PolicyText.write(this);
  }

  /**
   * Verifies the log's signature and that the origin is the signer's.
   *
   * @throws Refused {@link RefusalCode#UNKNOWN_SIGNER}, {@link RefusalCode#BAD_SIGNATURE}, {@link
   *     RefusalCode#WRONG_ORIGIN}, or what {@link Checkpoint#parse} says
   */
  public Checkpoint checkLog(Note note) throws Refused {
    VerifiedNote signed = note.verify(logs.stream().map(Log::key).toList());
    Checkpoint checkpoint = Checkpoint.parse(signed.text());
    for (VerifiedSignature signature : signed.signatures()) {
      if (signature.key().name().value().equals(checkpoint.origin())) {
        return checkpoint;
      }
    }
    throw new Refused(RefusalCode.WRONG_ORIGIN, "checkpoint of another log than its signer");
  }

  /**
   * Verifies the cosignatures of known witnesses and that they are a quorum.
   *
   * @return the quorum's time: see {@link #quorumTime}
   * @throws Refused {@link RefusalCode#BAD_SIGNATURE} if any of them does not hold; {@link
   *     RefusalCode#NO_QUORUM} if they are too few
   */
  public OptionalLong checkWitnesses(Note note) throws Refused {
    if (quorum.equals(NONE)) {
      return OptionalLong.empty();
    }
    Map<VerifierKey, Long> times = new HashMap<>();
    VerifiedNote cosigned;
    try {
      cosigned = note.verify(witnesses.stream().map(Witness::key).toList());
    } catch (Refused e) {
      throw e.code() == RefusalCode.UNKNOWN_SIGNER ? noQuorum() : e;
    }
    // One witness counts once, by its latest word, however often it signed.
    cosigned.signatures().forEach(s -> times.merge(s.key(), s.time(), Math::max));
    OptionalLong time = quorumTime(times);
    if (time.isEmpty()) {
      throw noQuorum();
    }
    return time;
  }

  /** The witnesses of this policy whose cosignature on {@code note} holds. */
  public List<Witness> cosigners(Note note) {
    return witnesses.stream().filter(witness -> cosigned(witness, note)).toList();
  }

  private static boolean cosigned(Witness witness, Note note) {
    try {
      return note.verify(List.of(witness.key())).distinctKeys() == 1;
    } catch (Refused e) {
      return false;
    }
  }

  private static Refused noQuorum() {
    return new Refused(RefusalCode.NO_QUORUM, "cosignatures of too few witnesses");
  }

  /** Both checks. */
  public CosignedCheckpoint check(Note note) throws Refused {
    return new CosignedCheckpoint(checkLog(note), checkWitnesses(note));
  }

  /**
   * The latest moment since which a whole quorum stands behind a checkpoint: among all quorums of
   * those who signed, the latest of their earliest times. So a witness with a wrong or lying clock
   * cannot make a checkpoint look fresher than the others of its quorum say.
   *
   * @param times when each witness signed, in seconds since 1970; absent if it did not
   * @return empty if there is no quorum, and for the quorum {@link #NONE}
   */
  public OptionalLong quorumTime(Map<VerifierKey, Long> times) {
    return quorumTime(times, Comparator.reverseOrder());
  }

  /**
   * The earliest moment by which a whole quorum stood behind a checkpoint: among all quorums of
   * those who signed, the earliest of their latest times. So no witness with a wrong or lying clock
   * can make what is in it look older, or younger, than the others of its quorum say.
   *
   * @param times when each witness signed, in seconds since 1970; absent if it did not
   * @return empty if there is no quorum, and for the quorum {@link #NONE}
   */
  public OptionalLong quorumReached(Map<VerifierKey, Long> times) {
    return quorumTime(times, Comparator.naturalOrder());
  }

  private OptionalLong quorumTime(Map<VerifierKey, Long> times, Comparator<Long> order) {
    Map<String, Long> reached = new HashMap<>();
    for (Witness witness : witnesses) {
      Long time = times.get(witness.key());
      if (time != null) {
        reached.put(witness.name(), time);
      }
    }
    for (Group group : groups) {
      List<Long> agreed =
          group.members().stream()
              .filter(reached::containsKey)
              .map(reached::get)
              .sorted(order)
              .toList();
      if (agreed.size() >= group.threshold()) {
        reached.put(group.name(), agreed.get(group.threshold() - 1));
      }
    }
    Long time = reached.get(quorum);
    return time == null ? OptionalLong.empty() : OptionalLong.of(time);
  }
}
