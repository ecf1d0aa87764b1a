package dev.coffer.node.order;

import dev.coffer.files.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Under which name this node may vote (docs/replication.md rule 4). A marker outside the engine's
 * directory and a copy inside it count the starts; a directory that is missing, or whose count is
 * older than the marker's, has forgotten votes and entries, and using it under the old name could
 * make committed entries vanish.
 *
 * <p>Not detected: a directory put back from a copy that was made since the node's last start.
 *
 * @param name the engine's name of this voter
 * @param standing how it stands to the others
 */
public record VoterIdentity(PeerNameText name, Standing standing) {
  static final String FLEET = "fleet";
  private static final String INCARNATION = "incarnation";
  private static final String STARTS = "starts";
  static final String COPY = "coffer-identity";

  /** A voter's name as text, {@code n3-1}. */
  public record PeerNameText(String text, long incarnation) {}

  /** How a voter stands to the others. */
  public enum Standing {
    /** The first start of a new fleet's node: it is among the voters from the beginning. */
    FOUNDER,
    /** It remembers all it promised. */
    RETURNING,
    /**
     * It has forgotten: the leader must take the old name out before it starts, and put the new one
     * in after.
     */
    NEW
  }

  /**
   * Decides, makes the decision durable, and moves a directory that may not be used aside.
   *
   * @param beforeFirstEntry whether HSM and store both stand at the founding: only then can a node
   *     without a marker be new rather than robbed of its disk
   */
  public static VoterIdentity decide(OrderSettings settings, boolean beforeFirstEntry, Clock clock)
      throws IOException {
    Properties marker = read(settings.marker());
    Properties copy = read(settings.directory().resolve(COPY));
    String fleet = settings.fleetId().value().hex();
    if (!marker.isEmpty() && !fleet.equals(marker.getProperty(FLEET))) {
      throw new IOException(
          settings.marker()
              + " belongs to another fleet: give this node its own directory, or remove the other fleet's.");
    }
    long starts = number(marker, STARTS);
    long incarnation = number(marker, INCARNATION);
    Standing standing;
    boolean firstBrokenOff =
        number(copy, INCARNATION) == 1
            && number(copy, STARTS) == 1
            && fleet.equals(copy.getProperty(FLEET));
    if (incarnation == 0 && (copy.isEmpty() || firstBrokenOff) && beforeFirstEntry) {
      standing = Standing.FOUNDER;
      incarnation = 1;
    } else if (remembers(marker, copy)) {
      standing = Standing.RETURNING;
    } else {
      standing = Standing.NEW;
      incarnation = Math.max(incarnation + 1, clock.instant().getEpochSecond());
      moveAside(settings.directory(), incarnation);
    }
    VoterIdentity decided = new VoterIdentity(nameOf(settings.node(), incarnation), standing);
    if (standing != Standing.NEW) {
      decided.remember(settings, starts + 1);
    }
    return decided;
  }

  /**
   * Whether it was among the voters when the fleet was founded; any later one has to be put in by a
   * leader.
   */
  public boolean founder() {
    return name.incarnation() == 1;
  }

  /**
   * For a NEW voter, once the leader has taken the old name out: from here on the directory is this
   * name's.
   */
  public void adopt(OrderSettings settings) throws IOException {
    remember(settings, 1);
  }

  private static PeerNameText nameOf(int node, long incarnation) {
    return new PeerNameText(new PeerName(node, incarnation).toString(), incarnation);
  }

  /**
   * The marker first: a crash between the two leaves the copy one start behind, which is allowed
   * for above. At a founder's first start the copy first: a crash between the two leaves a
   * directory that has not voted and no marker, and the next start is the first again. The other
   * way round it would look robbed; and where all nodes of a new fleet lose power together, none
   * could be put in by a leader.
   */
  private void remember(OrderSettings settings, long starts) throws IOException {
    Properties properties = new Properties();
    properties.setProperty(FLEET, settings.fleetId().value().hex());
    properties.setProperty(INCARNATION, Long.toString(name.incarnation()));
    properties.setProperty(STARTS, Long.toString(starts));
    Path copy = settings.directory().resolve(COPY);
    boolean first = standing == Standing.FOUNDER;
    write(first ? copy : settings.marker(), properties);
    write(first ? settings.marker() : copy, properties);
  }

  /** Whether the directory with {@code copy} in it remembers all that {@code marker} promised. */
  static boolean remembers(Properties marker, Properties copy) throws IOException {
    return number(marker, INCARNATION) > 0
        && number(copy, INCARNATION) == number(marker, INCARNATION)
        && number(copy, STARTS) + 1 >= number(marker, STARTS);
  }

  static Properties read(Path file) throws IOException {
    Properties properties = new Properties();
    if (Files.isRegularFile(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        properties.load(in);
      }
    }
    return properties;
  }

  private static long number(Properties properties, String key) throws IOException {
    String text = properties.getProperty(key, "0");
    if (!text.matches("[0-9]{1,18}")) {
      throw new IOException(
          "The voter's marker is damaged: move the Raft directory and the marker aside, then start again.");
    }
    return Long.parseLong(text);
  }

  private static void write(Path file, Properties properties) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    properties.store(out, null);
    AtomicFile.replace(file, out.toByteArray(), AtomicFile.Access.ANYBODY);
  }

  /** Keeps what is in it under another name, for inspection. */
  private static void moveAside(Path directory, long incarnation) throws IOException {
    if (Files.isDirectory(directory)) {
      boolean empty;
      try (Stream<Path> content = Files.list(directory)) {
        empty = content.findAny().isEmpty();
      }
      if (empty) {
        return;
      }
      Path aside = directory.resolveSibling(directory.getFileName() + ".before-" + incarnation);
      for (int copy = 2; Files.exists(aside); copy++) {
        aside =
            directory.resolveSibling(
                directory.getFileName() + ".before-" + incarnation + "-" + copy);
      }
      Files.move(directory, aside);
    }
    Files.createDirectories(directory);
  }
}
