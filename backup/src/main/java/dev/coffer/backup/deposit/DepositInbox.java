package dev.coffer.backup.deposit;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.DepositKey;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.Problem;
import dev.coffer.backup.SnapshotEntry;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.local.Sha256;
import dev.coffer.backup.repository.Repository;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The reader's side of a deposit box: takes entries into a folder that is backed up, and clears the
 * inbox of what a snapshot has. For one backup: {@link #takeIn}, the backup, {@link #clear}.
 *
 * <p><b>Guarantees:</b> only what a writer of the box signed for it is taken in, once each,
 * whatever the keeper of the inbox does; an entry leaves the inbox after a snapshot that holds it
 * was read back. <b>Not guaranteed:</b> that the inbox shows the newest entries. Not thread-safe.
 */
public final class DepositInbox {
  /** The file in the folder that says what was taken in. */
  public static final String STATE = "taken.txt";

  private static final String STATE_HEAD = "coffer-deposits 1";
  private static final int STATE_MAX = 4 << 20;

  /** Instead of a hash: the file is not there, because its reader was done with it. */
  private static final String GONE = "gone";

  /** Instead of a hash: something else is in its place. */
  private static final String ODD = "odd";

  private final ObjectStore inbox;
  private final ObjectStore folder;
  private final DepositKey key;
  private final int entriesMax;
  private final Set<String> writers = new LinkedHashSet<>();
  private final Map<String, TakenNumbers> taken = new LinkedHashMap<>();
  private final Set<String> toClear = new TreeSet<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> notices = new ArrayList<>();
  private int count;
  private long bytes;

  /**
   * The box of {@code key}, which stays the caller's to destroy.
   *
   * @param folder whose files the backup in between holds
   * @param writers the Ed25519 keys of those who may write, up to {@link
   *     BackupLimits#DEPOSIT_WRITERS_MAX}
   */
  public DepositInbox(ObjectStore inbox, ObjectStore folder, DepositKey key, List<Bytes> writers) {
    this(inbox, folder, key, writers, BackupLimits.DEPOSITS_MAX);
  }

  /** With another limit of the entries of one writer. */
  DepositInbox(
      ObjectStore inbox, ObjectStore folder, DepositKey key, List<Bytes> writers, int entriesMax) {
    if (writers.size() > BackupLimits.DEPOSIT_WRITERS_MAX) {
      throw new IllegalArgumentException("a box has at most 100 writers");
    }
    this.inbox = inbox;
    this.folder = folder;
    this.key = key;
    this.entriesMax = entriesMax;
    writers.forEach(writer -> this.writers.add(writer.hex()));
  }

  /** What the inbox shows of one writer: the lowest numbers, as many as are looked at. */
  private static final class Shown {
    final TreeSet<Long> fresh = new TreeSet<>();
    final TreeSet<Long> old = new TreeSet<>();
    boolean more;

    void add(TreeSet<Long> to, long number, int entriesMax) {
      to.add(number);
      if (to.size() > entriesMax) {
        to.pollLast();
        more = true;
      }
    }
  }

  /**
   * Takes in what writers of the box deposited, up to {@link BackupLimits#DEPOSITS_MAX} entries of
   * each; the rest comes next time. What is refused stays in the inbox, a problem each time. {@code
   * LOCAL_FAULT} if the folder's own file is damaged; then nothing changes.
   */
  public DepositReport takeIn() throws BackupException {
    boolean began = readState();
    Map<String, Shown> shown = look();
    try (SecretBytes identity = key.identity()) {
      for (Map.Entry<String, Shown> writer : shown.entrySet()) {
        takeIn(writer.getKey(), writer.getValue(), identity);
      }
    }
    taken.forEach((writer, numbers) -> {
      if (numbers.gaps() > 0) {
        String sentence =
            "entries of this writer are not here: between "
                + String.join(", ", numbers.gapTexts())
                + (numbers.gaps() > 3 ? " and elsewhere" : "");
        notices.add(
            new Problem(Problem.Kind.DEPOSIT_MISSING, DepositEntry.PREFIX + writer, sentence));
      }
    });
    if (count > 0 || !began) {
      // A crash before this takes the same entries into the same files again.
      folder.flush();
      folder.put(STATE, state());
      folder.flush();
    }
    return new DepositReport(count, bytes, List.copyOf(problems), List.copyOf(notices));
  }

  private Map<String, Shown> look() throws BackupException {
    Map<String, Shown> shown = new LinkedHashMap<>();
    writers.forEach(writer -> shown.put(writer, new Shown()));
    long[] strangers = new long[1];
    inbox.list(
        DepositEntry.PREFIX,
        object -> {
          String[] parts = object.name().substring(DepositEntry.PREFIX.length()).split("/", -1);
          Shown writer = shown.get(parts[0]);
          Optional<Long> number =
              parts.length == 2 ? DepositEntry.number(parts[1]) : Optional.empty();
          if (writer == null || number.isEmpty()) {
            strangers[0]++;
          } else if (numbers(parts[0]).isTaken(number.get())) {
            writer.add(writer.old, number.get(), entriesMax);
          } else {
            writer.add(writer.fresh, number.get(), entriesMax);
          }
        });
    if (strangers[0] > 0) {
      String sentence = "the inbox holds objects of nobody who may write here: " + strangers[0];
      notices.add(new Problem(Problem.Kind.DEPOSIT_REFUSED, DepositEntry.PREFIX, sentence));
    }
    return shown;
  }

  private TakenNumbers numbers(String writer) {
    return taken.computeIfAbsent(writer, none -> new TakenNumbers());
  }

  private void takeIn(String writer, Shown shown, SecretBytes identity) throws BackupException {
    shown.old.forEach(number -> toClear.add(local(writer, number)));
    boolean more = shown.more;
    for (long number : shown.fresh) {
      if (bytes >= BackupLimits.DEPOSITS_BYTES_MAX) {
        more = true;
        break;
      }
      takeIn(writer, number, identity);
    }
    if (more) {
      String sentence = "more entries of this writer wait; the next backup takes them in";
      notices.add(
          new Problem(Problem.Kind.DEPOSIT_MISSING, DepositEntry.PREFIX + writer, sentence));
    }
  }

  private void takeIn(String writer, long number, SecretBytes identity) throws BackupException {
    TakenNumbers numbers = numbers(writer);
    String name = DepositEntry.PREFIX + local(writer, number);
    try {
      Optional<byte[]> object = inbox.get(name, DepositEntry.OBJECT_MAX);
      if (object.isEmpty()) {
        return;
      }
      DepositEntry entry =
          DepositEntry.open(object.get(), Bytes.fromHex(writer), number, key.recipient(), identity);
      if (!numbers.mayTake(number, entry.previous())) {
        throw new DepositEntry.Refused("leaves more gaps than are remembered");
      }
      if (number > numbers.last() && entry.previous() > numbers.last()) {
        String sentence =
            "its writer made entries before it, up to number "
                + entry.previous()
                + ", that the inbox does not show";
        problems.add(new Problem(Problem.Kind.DEPOSIT_MISSING, name, sentence));
      }
      folder.put(local(writer, number), entry.content());
      numbers.take(number, entry.previous());
      toClear.add(local(writer, number));
      count++;
      bytes += entry.content().length;
    } catch (DepositEntry.Refused e) {
      refuse(name, e.why());
    } catch (BackupException e) {
      if (e.reason() != Reason.OBJECT_FAULT) {
        throw e;
      }
      refuse(name, "is too large, or no file");
    }
  }

  private void refuse(String name, String why) {
    String sentence = why + ", and stays in the inbox: tell its writer, or remove it";
    problems.add(new Problem(Problem.Kind.DEPOSIT_REFUSED, name, sentence));
  }

  /** The name in the folder; in the inbox the prefix stands before it. */
  private static String local(String writer, long number) {
    return writer + "/" + DepositEntry.digits(number);
  }

  /**
   * Removes from the inbox what the snapshot {@code id} holds, as far as {@link #takeIn} knows it,
   * and what is in the folder no more, because its reader was done with it; how many entries stay
   * that were taken in: all, if the snapshot does not hold the folder as it is.
   */
  public int clear(Repository repository, SnapshotId id) throws BackupException {
    if (toClear.isEmpty()) {
      return 0;
    }
    Map<String, String> here = new HashMap<>();
    for (String local : toClear) {
      here.put(local, hash(local, DepositEntry.OBJECT_MAX));
    }
    here.put(STATE, hash(STATE, STATE_MAX));
    // By the place of the folder in the snapshot: a file of that content somewhere else, or a copy
    // of the state alone, does not come back together with the rest.
    Map<String, Set<String>> held = new HashMap<>();
    repository.list(
        id,
        entry -> {
          for (String local : localNames(entry)) {
            if (entry.content().equals(here.get(local))) {
              String place = entry.path().substring(0, entry.path().length() - local.length());
              held.computeIfAbsent(place, none -> new HashSet<>()).add(local);
            }
          }
        });
    Set<String> whole =
        held.values().stream()
            .filter(names -> names.contains(STATE))
            .max(Comparator.comparingInt(Set::size))
            .orElse(Set.of());
    if (whole.isEmpty()) {
      return toClear.size();
    }
    int staying = 0;
    for (String local : toClear) {
      if (whole.contains(local) || GONE.equals(here.get(local))) {
        inbox.delete(DepositEntry.PREFIX + local);
      } else {
        staying++;
      }
    }
    inbox.flush();
    return staying;
  }

  /** What the folder could call the file: the state, or one of a writer. */
  private static List<String> localNames(SnapshotEntry entry) {
    if (entry.type() != SnapshotEntry.Type.FILE) {
      return List.of();
    }
    int slash = entry.path().lastIndexOf('/');
    String file = entry.path().substring(slash + 1);
    return file.equals(STATE)
        ? List.of(STATE)
        : List.of(entry.path().substring(entry.path().lastIndexOf('/', slash - 1) + 1));
  }

  /** The SHA-256 of a file in the folder, or why it has none. */
  private String hash(String local, int sizeMax) throws BackupException {
    try {
      return folder
          .get(local, sizeMax)
          .map(content -> Bytes.wrap(Sha256.digest().digest(content)).hex())
          .orElse(GONE);
    } catch (BackupException e) {
      if (e.reason() != Reason.OBJECT_FAULT) {
        throw e;
      }
      // Somebody put a directory or a large file there: what was deposited is in no snapshot.
      return ODD;
    }
  }

  private byte[] state() {
    StringBuilder text = new StringBuilder(STATE_HEAD + "\n");
    taken.forEach((writer, numbers) -> text.append(writer + " " + numbers.text() + "\n"));
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether there was a state to read. */
  private boolean readState() throws BackupException {
    Optional<byte[]> content = folder.get(STATE, STATE_MAX);
    if (content.isEmpty()) {
      return false;
    }
    List<String> lines = new String(content.get(), StandardCharsets.US_ASCII).lines().toList();
    try {
      if (lines.isEmpty() || !lines.get(0).equals(STATE_HEAD)) {
        throw new IllegalArgumentException("no such file");
      }
      for (String line : lines.subList(1, lines.size())) {
        if (!line.matches("[0-9a-f]{64} [0-9,-]+")) {
          throw new IllegalArgumentException("no writer");
        }
        taken.put(line.substring(0, 64), TakenNumbers.parse(line.substring(65)));
      }
      return true;
    } catch (IllegalArgumentException e) {
      throw new BackupException(
          Reason.LOCAL_FAULT,
          "The file "
              + STATE
              + " of the deposits is damaged: bring it back from a backup, or move it away to take "
              + "in again what the inbox still has.",
          e);
    }
  }
}
