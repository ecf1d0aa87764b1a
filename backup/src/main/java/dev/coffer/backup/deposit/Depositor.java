package dev.coffer.backup.deposit;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.object.AgeFile;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A writer of one deposit box: a server, or another device. It reads nothing of anybody's.
 *
 * <p><b>Guarantees:</b> what {@link #put} was given is on the writer's own disk before it is sent,
 * and goes on being sent until the inbox has it; the reader takes it once. <b>Not guaranteed:</b>
 * that the inbox hands it on. One instance, and one program with these objects of its own, at a
 * time; not thread-safe.
 */
public final class Depositor {
  private static final String BOX = "box";
  private static final String LAST = "last";
  private static final String WAITING = "outbox/";

  private final ObjectStore inbox;
  private final ObjectStore own;
  private final String recipient;
  private final SecretBytes seed;
  private final Bytes writer;
  private final Clock clock;

  /**
   * The writer whose Ed25519 key has {@code seed}, which stays the caller's to destroy.
   *
   * @param inbox where the box takes deposits in
   * @param own where this writer keeps what waits and what was last; for this box and writer alone
   * @param recipient the box, as its owner published it; an {@link IllegalArgumentException} if it
   *     is none
   * @param clock its time makes numbers that a writer whose disk went back does not use again
   */
  public Depositor(
      ObjectStore inbox, ObjectStore own, String recipient, SecretBytes seed, Clock clock) {
    // With its check, and before anything is kept: a folder is for one box for ever.
    if (!recipient.matches("age1[a-z0-9]{58}") || !AgeFile.isRecipient(recipient)) {
      throw new IllegalArgumentException("a box is written age1 and 58 letters and digits");
    }
    this.inbox = inbox;
    this.own = own;
    this.recipient = recipient;
    this.seed = seed;
    this.writer = Ed25519.publicKey(seed);
    this.clock = clock;
  }

  /**
   * Deposits {@code content}, up to {@link BackupLimits#DEPOSIT_MAX} octets ({@code TOO_LARGE}).
   * When this throws because the inbox does not answer, the content waits and goes with the next
   * call: see {@link #waiting}.
   */
  public void put(byte[] content) throws BackupException {
    if (content.length > BackupLimits.DEPOSIT_MAX) {
      throw new BackupException(
          Reason.TOO_LARGE,
          "A deposit has at most " + BackupLimits.DEPOSIT_MAX + " octets: cut it into several.");
    }
    bind();
    TreeSet<Long> waiting = numbers();
    if (waiting.size() >= BackupLimits.DEPOSITS_WAITING_MAX) {
      throw new BackupException(
          Reason.TOO_LARGE,
          "As many deposits wait here as may: let the inbox answer, and run again.");
    }
    long previous = Math.max(last(), waiting.isEmpty() ? 0 : waiting.last());
    long number = Math.max(previous + 1, clock.millis());
    if (number > DepositEntry.NUMBER_MAX) {
      throw new BackupException(
          Reason.LOCAL_FAULT, "The clock is, or was, centuries wrong: set it and run again.");
    }
    byte[] object = new DepositEntry(writer, number, previous, content).seal(recipient, seed);
    own.put(WAITING + DepositEntry.digits(number), object);
    // A crash before this forgets a number that nobody has seen; after it, the entry is sent.
    own.flush();
    send();
  }

  /** Sends what waits, the oldest first; how many there were. */
  public int send() throws BackupException {
    bind();
    TreeSet<Long> waiting = numbers();
    for (long number : waiting) {
      String name = WAITING + DepositEntry.digits(number);
      Optional<byte[]> object = own.get(name, DepositEntry.OBJECT_MAX);
      if (object.isEmpty()) {
        continue;
      }
      inbox.put(DepositEntry.name(writer, number), object.get());
      inbox.flush();
      // A crash before this sends the same octets again, which the reader knows by their number.
      own.put(LAST, DepositEntry.digits(number).getBytes(StandardCharsets.US_ASCII));
      own.flush();
      own.delete(name);
    }
    return waiting.size();
  }

  /** How many deposits wait for an inbox that answers. */
  public int waiting() throws BackupException {
    return numbers().size();
  }

  private TreeSet<Long> numbers() throws BackupException {
    TreeSet<Long> numbers = new TreeSet<>();
    own.list(
        WAITING,
        object ->
            DepositEntry.number(object.name().substring(WAITING.length())).ifPresent(numbers::add));
    return numbers;
  }

  private long last() throws BackupException {
    Optional<byte[]> digits = own.get(LAST, 64);
    if (digits.isEmpty()) {
      return 0;
    }
    return DepositEntry.number(new String(digits.get(), StandardCharsets.US_ASCII))
        .orElseThrow(() ->
            new BackupException(
                Reason.LOCAL_FAULT,
                "This writer's file " + LAST + " is damaged: make a writer with a new key."));
  }

  /** Two boxes would each miss the numbers that went to the other. */
  private void bind() throws BackupException {
    Optional<byte[]> bound = own.get(BOX, 64 << 10);
    if (bound.isEmpty()) {
      own.put(BOX, recipient.getBytes(StandardCharsets.US_ASCII));
    } else if (!new String(bound.get(), StandardCharsets.US_ASCII).equals(recipient)) {
      throw new BackupException(
          Reason.WRONG_KEY, "This writer's folder is for another box: use one folder for each.");
    }
  }
}
