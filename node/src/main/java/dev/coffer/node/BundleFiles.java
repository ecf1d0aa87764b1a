package dev.coffer.node;

import dev.coffer.node.http.Notices;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.verify.ClientFloor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's signed files, as clients get them. Read again when one has changed, so that a new
 * bundle needs no restart; served only as a set that belongs together, so that whoever fetches
 * while the operator copies gets the bundle before or the one after, and only if a client would
 * accept it, or would have while it was fresh ({@link BundleJudge}). Thread-safe.
 */
final class BundleFiles implements Notices {
  private static final Logger LOG = LoggerFactory.getLogger(BundleFiles.class);
  private static final int FILE_MAX = 64 << 10;
  private static final int FLEETS_MAX = 16 << 10;
  private static final Duration SKEW = Duration.ofSeconds(ClientFloor.DEFAULT.skewSeconds());
  private static final String NOTE = "fleet.note";
  private static final String PROOF = "fleet.tlog-proof";
  private static final String POLICIES = "trust-policies";
  private static final String FLEETS = "fleets";
  private static final String RETIRED = "retired";
  private static final List<String> ALL = List.of(NOTE, PROOF, POLICIES, FLEETS, RETIRED);

  /** How often the log says that clients begin to mind, or refuse. */
  private static final Duration SAID_AGAIN = Duration.ofHours(1);

  private final Optional<Path> directory;
  private final Fleet fleet;
  private final InstantSource clock;
  private volatile Content content =
      new Content(
          List.of(), BundleDelivery.NONE, Bytes.EMPTY, false, Optional.empty(), Optional.empty());

  private Instant saidAt = Instant.MIN;

  /**
   * What was read, and how the files looked then.
   *
   * @param sound what a client says of the bundle; empty if there is none
   * @param refused why the files that lie there now are not handed out
   */
  private record Content(
      List<String> looks,
      BundleDelivery bundle,
      Bytes fleets,
      boolean retired,
      Optional<BundleJudge.Sound> sound,
      Optional<String> refused) {
    Content keptThough(List<String> newLooks, String why) {
      return new Content(newLooks, bundle, fleets, retired, sound, Optional.of(why));
    }
  }

  /**
   * @param directory empty for a fleet that apps pin
   * @param fleet whose nodes hand it out
   */
  BundleFiles(Optional<Path> directory, Fleet fleet, InstantSource clock) {
    this.directory = directory;
    this.fleet = fleet;
    this.clock = clock;
  }

  FleetDelivery delivery(List<Certificate> certificates) {
    BundleDelivery bundle = current().bundle();
    return new FleetDelivery(bundle.note(), bundle.proof(), bundle.policies(), fleet, certificates);
  }

  @Override
  public boolean retired() {
    return current().retired();
  }

  @Override
  public Bytes fleets() {
    return current().fleets();
  }

  /** What a client says of what is handed out; empty if nothing is. */
  Optional<BundleJudge.Sound> sound() {
    return current().sound();
  }

  /** Why the files that lie there are not handed out; empty if they are. */
  Optional<String> refused() {
    return current().refused();
  }

  /** Says in the log, from the soft age on, that clients will refuse. Cheap. */
  synchronized void look() {
    Instant now = clock.instant();
    Optional<String> warning = warning(now);
    if (warning.isPresent() && saidAt.isBefore(now.minus(SAID_AGAIN))) {
      saidAt = now;
      LOG.warn("{}", warning.get());
    }
  }

  /** What an operator has to know of the bundle's age; empty while clients do not mind. */
  Optional<String> warning(Instant now) {
    Optional<BundleJudge.Sound> sound = sound();
    if (sound.isEmpty()) {
      return Optional.empty();
    }
    BundleJudge.Sound bundle = sound.get();
    String seen = bundle.seen().map(Instant::toString).orElse("never");
    if (bundle.seen().filter(now.plus(SKEW)::isBefore).isPresent()) {
      return Optional.of(
          "The witnesses of the bundle saw it at "
              + seen
              + ", and the clock of this machine says "
              + now
              + ": set the clock");
    }
    if (now.isBefore(bundle.soft()) && now.isBefore(bundle.until())) {
      return Optional.empty();
    }
    return Optional.of(
        (now.isBefore(bundle.end())
                ? "Clients will refuse everybody from " + bundle.end() + " on"
                : "Clients refuse everybody since " + bundle.end())
            + ": the bundle was last seen by a quorum of witnesses at "
            + seen
            + " and is valid until "
            + bundle.until()
            + ". See that log and witnesses run, then run coffer bundle refresh");
  }

  private Content current() {
    if (directory.isEmpty()) {
      return content;
    }
    List<String> looks = looks(directory.get());
    if (!looks.equals(content.looks())) {
      replace(directory.get(), looks);
    }
    return content;
  }

  private synchronized void replace(Path folder, List<String> looks) {
    Content before = content;
    if (looks.equals(before.looks())) {
      return;
    }
    try {
      Content read = read(folder, looks, fleet, clock.instant());
      // A file that changed while it was read: the next request looks again.
      content = looks(folder).equals(looks) ? read : before;
    } catch (IOException | Refused e) {
      String why = e instanceof Refused refused ? refused.what() : e.getClass().getSimpleName();
      LOG.warn(
          "{} holds no bundle that a client of this fleet would accept ({}), so the one before is"
              + " handed out: have the operator run coffer bundle refresh",
          folder,
          why);
      content = before.keptThough(looks, why);
    }
  }

  private static Content read(Path folder, List<String> looks, Fleet fleet, Instant now)
      throws IOException, Refused {
    BundleDelivery bundle =
        new BundleDelivery(
            file(folder.resolve(NOTE), Bundle.SIZE_MAX),
            file(folder.resolve(PROOF), FILE_MAX),
            file(folder.resolve(POLICIES), FILE_MAX));
    boolean retired = Files.exists(folder.resolve(RETIRED));
    Optional<BundleJudge.Sound> sound =
        bundle.equals(BundleDelivery.NONE)
            ? Optional.empty()
            : Optional.of(BundleJudge.judge(bundle, fleet, retired, now));
    return new Content(
        looks, bundle, file(folder.resolve(FLEETS), FLEETS_MAX), retired, sound, Optional.empty());
  }

  private static Bytes file(Path path, int sizeMax) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] octets = in.readNBytes(sizeMax + 1);
      if (octets.length > sizeMax) {
        throw new IOException("a file of the bundle directory is too large");
      }
      return Bytes.wrap(octets);
    } catch (NoSuchFileException e) {
      return Bytes.EMPTY;
    }
  }

  private static List<String> looks(Path folder) {
    List<String> looks = new ArrayList<>(ALL.size());
    for (String name : ALL) {
      try {
        BasicFileAttributes of =
            Files.readAttributes(folder.resolve(name), BasicFileAttributes.class);
        looks.add(of.lastModifiedTime() + " " + of.size() + " " + of.fileKey());
      } catch (IOException e) {
        looks.add("absent");
      }
    }
    return looks;
  }
}
