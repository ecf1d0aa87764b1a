package dev.coffer.node.order;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
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
    VoterMarker marker = VoterMarker.read(settings.marker());
    VoterMarker copy = VoterMarker.read(settings.directory().resolve(COPY));
    String fleet = settings.fleetId().value().hex();
    if (!marker.absent() && !fleet.equals(marker.fleet())) {
      throw new IOException(
          settings.marker()
              + " belongs to another fleet: give this node its own directory, or remove the other fleet's.");
    }
    boolean firstBrokenOff =
        copy.incarnation() == 1 && copy.starts() == 1 && fleet.equals(copy.fleet());
    if (marker.incarnation() == 0 && (copy.absent() || firstBrokenOff) && beforeFirstEntry) {
      VoterIdentity founder = new VoterIdentity(nameOf(settings.node(), 1), Standing.FOUNDER);
      founder.remember(settings, 1, 0);
      return founder;
    }
    if (marker.rememberedBy(copy)) {
      VoterIdentity returning =
          new VoterIdentity(nameOf(settings.node(), marker.incarnation()), Standing.RETURNING);
      returning.remember(settings, marker.starts() + 1, marker.terms());
      return returning;
    }
    long incarnation = Math.max(marker.incarnation() + 1, clock.instant().getEpochSecond());
    moveAside(settings.directory(), incarnation);
    return new VoterIdentity(nameOf(settings.node(), incarnation), Standing.NEW);
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
    remember(settings, 1, 0);
  }

  /** The fleet that a voter's marker names; empty if there is none. */
  public static Optional<FleetId> fleetIn(Path marker) throws IOException {
    VoterMarker told = VoterMarker.read(marker);
    try {
      return told.absent()
          ? Optional.empty()
          : Optional.of(new FleetId(Bytes.fromHex(told.fleet())));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          marker + " is damaged: move it and raft.directory aside, then start the node.", e);
    }
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
  private void remember(OrderSettings settings, long starts, long terms) throws IOException {
    VoterMarker marker =
        new VoterMarker(settings.fleetId().value().hex(), name.incarnation(), starts, terms);
    VoterMarker copy = marker.withTerms(VoterMarker.UNKNOWN);
    Path inside = settings.directory().resolve(COPY);
    if (standing == Standing.FOUNDER) {
      copy.write(inside);
      marker.write(settings.marker());
    } else {
      marker.write(settings.marker());
      copy.write(inside);
    }
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
