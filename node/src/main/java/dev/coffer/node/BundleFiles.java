package dev.coffer.node;

import dev.coffer.node.http.Notices;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.TlogProof;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's signed files, as clients get them. Read again when one has changed, so that a new
 * bundle needs no restart; served only as a set that belongs together, so that whoever fetches
 * while the operator copies gets the bundle before or the one after. Signatures are the clients'
 * business. Thread-safe.
 */
final class BundleFiles implements Notices {
  private static final Logger LOG = LoggerFactory.getLogger(BundleFiles.class);
  private static final int FILE_MAX = 64 << 10;
  private static final int FLEETS_MAX = 16 << 10;
  private static final String NOTE = "fleet.note";
  private static final String PROOF = "fleet.tlog-proof";
  private static final String POLICIES = "trust-policies";
  private static final String FLEETS = "fleets";
  private static final String RETIRED = "retired";
  private static final List<String> ALL = List.of(NOTE, PROOF, POLICIES, FLEETS, RETIRED);

  private final Optional<Path> directory;
  private volatile Content content =
      new Content(List.of(), BundleDelivery.NONE, Bytes.EMPTY, false);

  /** What was read, and how the files looked then. */
  private record Content(
      List<String> looks, BundleDelivery bundle, Bytes fleets, boolean retired) {}

  /**
   * @param directory empty for a fleet that apps pin
   */
  BundleFiles(Optional<Path> directory) {
    this.directory = directory;
  }

  FleetDelivery delivery(Fleet fleet, List<Certificate> certificates) {
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
      Content read = read(folder, looks);
      // A file that changed while it was read: the next request looks again.
      content = looks(folder).equals(looks) ? read : before;
    } catch (IOException | Refused e) {
      String why = e instanceof Refused refused ? refused.what() : e.getClass().getSimpleName();
      LOG.warn("The bundle directory holds no bundle, so the one before is served on: {}", why);
      content = new Content(looks, before.bundle(), before.fleets(), before.retired());
    }
  }

  private static Content read(Path folder, List<String> looks) throws IOException, Refused {
    BundleDelivery bundle =
        new BundleDelivery(
            file(folder.resolve(NOTE), Bundle.SIZE_MAX),
            file(folder.resolve(PROOF), FILE_MAX),
            file(folder.resolve(POLICIES), FILE_MAX));
    if (!bundle.equals(BundleDelivery.NONE)) {
      Note.parse(bundle.note(), Bundle.SIZE_MAX);
      TlogProof proof = TlogProof.parse(bundle.proof());
      Checkpoint checkpoint = Checkpoint.parse(proof.checkpoint().unverifiedText());
      proof.checkInclusion(BundleNote.leafHash(bundle.note()), checkpoint);
      bundle.policyNotes();
    }
    return new Content(
        looks,
        bundle,
        file(folder.resolve(FLEETS), FLEETS_MAX),
        Files.exists(folder.resolve(RETIRED)));
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
