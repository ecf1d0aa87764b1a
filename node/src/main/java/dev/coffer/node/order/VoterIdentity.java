package dev.coffer.node.order;

import dev.coffer.node.store.OrderPosition;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
 * @param order which order it votes in, see {@link #order}
 */
public record VoterIdentity(PeerNameText name, Standing standing, long order) {
  /** So many positions are between the beginnings of two orders whose numbers follow. */
  public static final long STEP = 1L << 20;

  static final String COPY = "coffer-identity";

  /** A voter's name as text, {@code n3-1}. */
  public record PeerNameText(String text, long incarnation) {}

  /**
   * What a node's marker says of the order that it takes part in.
   *
   * @param number 1 for the founding's, otherwise the number of its rebuilding
   * @param founders the nodes that have to stand at one state to found it; empty once this one has,
   *     and where it does not
   * @param agreed the state at which this node founded it; empty where it did not
   */
  public record Order(long number, List<Integer> founders, Bytes agreed) {
    public Order {
      founders = List.copyOf(founders);
    }
  }

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
    boolean first = marker.incarnation() == 0 && marker.order() == 1;
    if (first && (copy.absent() || firstBrokenOff) && beforeFirstEntry) {
      VoterIdentity founder = new VoterIdentity(nameOf(settings.node(), 1), Standing.FOUNDER, 1);
      founder.remember(settings, new VoterMarker(fleet, 1, 1, 0, 1, List.of(), Bytes.EMPTY));
      return founder;
    }
    if (marker.rememberedBy(copy)) {
      VoterIdentity returning =
          new VoterIdentity(
              nameOf(settings.node(), marker.incarnation()), Standing.RETURNING, marker.order());
      returning.remember(
          settings,
          new VoterMarker(
              fleet,
              marker.incarnation(),
              marker.starts() + 1,
              marker.terms(),
              marker.order(),
              List.of(),
              marker.agreed()));
      return returning;
    }
    // Never a founder's name.
    long least = Math.max(marker.incarnation(), marker.order()) + 1;
    long incarnation = Math.max(least, clock.instant().getEpochSecond());
    moveAside(settings.directory(), incarnation);
    return new VoterIdentity(nameOf(settings.node(), incarnation), Standing.NEW, marker.order());
  }

  /**
   * Whether it was among the voters when its order was founded; any later one has to be put in by a
   * leader.
   */
  public boolean founder() {
    return name.incarnation() == order;
  }

  /** What {@code marker} says of the order. */
  public static Order order(Path marker) throws IOException {
    VoterMarker read = VoterMarker.read(marker);
    return new Order(read.order(), read.founders(), read.agreed());
  }

  /**
   * Has the node of {@code marker} leave the order it is in, for good, and take part in another.
   * From here on its Raft directory counts as forgotten.
   *
   * @param founders the nodes that are to found that order, this one among them; empty if others
   *     have founded it
   * @param directory the engine's: if its node has lost the marker, what it took part in stands
   *     there
   * @param number 2 to {@link OrderRules#NUMBER_MAX}
   * @throws IOException if the marker is another fleet's, or this order's number is not above its
   *     and that of the copy in {@code directory}; nothing has changed then
   */
  public static void turnTo(
      Path marker, Path directory, FleetId fleetId, long number, List<Integer> founders)
      throws IOException {
    if (number < 2 || number > OrderRules.NUMBER_MAX) {
      throw new IOException(
          "There is no order "
              + number
              + ": take a number from 2 to "
              + OrderRules.NUMBER_MAX
              + ".");
    }
    VoterMarker before = VoterMarker.read(marker);
    String fleet = fleetId.value().hex();
    if (!before.absent() && !before.fleet().equals(fleet)) {
      throw new IOException(marker + " belongs to another fleet.");
    }
    VoterMarker copy = VoterMarker.read(directory.resolve(COPY));
    long reached = Math.max(before.order(), copy.order());
    // Whoever founds nothing comes back under a name that has not voted yet.
    if (number < reached || (number == reached && !founders.isEmpty())) {
      throw new IOException(
          (reached == before.order() ? marker : directory)
              + " is of order "
              + reached
              + " already: take a higher number.");
    }
    new VoterMarker(fleet, before.incarnation(), before.starts(), 0, number, founders, Bytes.EMPTY)
        .write(marker);
  }

  /**
   * Founds the order of that number: its engine begins behind every position of earlier ones. A
   * crash on the way leaves the marker as it was, and nobody has voted.
   *
   * @param agreed the state at which all founders stand
   * @throws IOException if it was founded here before and may have voted under that name
   */
  public static VoterIdentity found(OrderSettings settings, long number, Bytes agreed)
      throws IOException {
    VoterMarker copy = VoterMarker.read(settings.directory().resolve(COPY));
    if (copy.order() > number || (copy.order() == number && voted(settings, copy))) {
      throw new IOException(
          settings.directory()
              + " has taken part in order "
              + copy.order()
              + " already, and the marker does not know: run coffer node rebuild-order with a higher number.");
    }
    VoterIdentity founder =
        new VoterIdentity(nameOf(settings.node(), number), Standing.FOUNDER, number);
    moveAside(settings.directory(), number);
    for (int partition = 0; partition < settings.partitions(); partition++) {
      Path folder =
          RatisOrdering.logFolder(
              settings.directory(), RatisOrdering.groupId(settings.fleetId(), partition, number));
      FoundedLog.write(folder, start(number));
    }
    founder.remember(
        settings,
        new VoterMarker(
            settings.fleetId().value().hex(),
            number,
            1,
            start(number).term(),
            number,
            List.of(),
            agreed));
    return founder;
  }

  /** Whether it may have: a founding that was broken off has left its first term, and no vote. */
  private static boolean voted(OrderSettings settings, VoterMarker copy) {
    if (copy.incarnation() != copy.order() || copy.starts() != 1) {
      return true;
    }
    for (int partition = 0; partition < settings.partitions(); partition++) {
      Path folder =
          RatisOrdering.logFolder(
              settings.directory(),
              RatisOrdering.groupId(settings.fleetId(), partition, copy.order()));
      OptionalLong term = TermFile.term(folder.resolve(TermFile.NAME));
      if (term.isEmpty() || term.getAsLong() > start(copy.order()).term()) {
        return true;
      }
    }
    return false;
  }

  /** Where the order of that number begins: behind whatever an earlier one can have reached. */
  public static OrderPosition start(long number) {
    return number == 1 ? OrderPosition.NONE : new OrderPosition(number, number * STEP);
  }

  /**
   * For a NEW voter, once the leader has taken the old name out: from here on the directory is this
   * name's.
   */
  public void adopt(OrderSettings settings) throws IOException {
    remember(
        settings,
        new VoterMarker(
            settings.fleetId().value().hex(),
            name.incarnation(),
            1,
            0,
            order,
            List.of(),
            Bytes.EMPTY));
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
  private void remember(OrderSettings settings, VoterMarker marker) throws IOException {
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
