package dev.coffer.hsm.simulated;

import dev.coffer.files.FolderLock;
import dev.coffer.hsm.Remembered;
import dev.coffer.hsm.process.HsmHome;
import dev.coffer.hsm.process.SlotMemory;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says what the home of a SIMULATED HSM holds, while no HSM runs on it. The lines, words separated
 * by one space, numbers in decimal, octets in lower-case hexadecimal:
 *
 * <pre>
 * inspection 1
 * home present|absent
 * key present|absent            the sealing key
 * state present|absent          the sealed state; its content is not looked at
 * memory present|absent         the folder of the non-volatile memory
 * partition N slot S blank                     for each file of a partition, by N; S is 0, then 1:
 * partition N slot S spoilt                    a write was cut off, or the file was damaged
 * partition N slot S sequence Q                whole; the higher sequence counts
 * partition N image none                       no slot is whole
 * partition N image CODE                       it is none of this partition's: a RejectionCode
 * partition N image whole                      then its newest values, oldest first, 1 to 8 lines:
 * partition N values K FLEET HEAD ROOT OUTCOMES
 * partition N certified K                      k of the newest certificate; 0 if there is none
 * partition N certificate HEX                  its canonical encoding; missing if there is none
 * end
 * </pre>
 *
 * A partition without lines has no file. Whether the values are the fleet's and the certificate
 * holds is for the reader to judge, who has the fleet. None of it is secret; a real HSM's memory
 * cannot be read at all. Writes nothing but the empty file {@code lock} where a home has none.
 * Holds the home until closed. Not thread-safe.
 */
public final class Inspection implements AutoCloseable {
  private final Path home;
  private final Optional<FolderLock> lock;

  private Inspection(Path home, Optional<FolderLock> lock) {
    this.home = home;
    this.lock = lock;
  }

  /**
   * Takes {@code home}, if it is there.
   *
   * @throws HsmHome.InUse an HSM or another inspection holds it
   */
  public static Inspection open(Path home) throws IOException {
    return new Inspection(
        home, Files.isDirectory(home) ? Optional.of(HsmHome.lock(home)) : Optional.empty());
  }

  /** All lines, without their ends. */
  public List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    Path memory = home.resolve(HsmHome.MEMORY);
    lines.add("inspection 1");
    lines.add("home " + presence(home));
    lines.add("key " + presence(home.resolve(FilePlatform.KEY)));
    lines.add("state " + presence(home.resolve(HsmHome.STATE)));
    lines.add("memory " + presence(memory));
    for (int partition : SlotMemory.partitions(memory)) {
      List<SlotMemory.Place> places = SlotMemory.places(memory, partition, FileNvram.KIND);
      describe("partition " + partition + " ", partition, places, lines);
    }
    lines.add("end");
    return lines;
  }

  private static String presence(Path path) {
    return Files.exists(path) ? "present" : "absent";
  }

  private static void describe(
      String prefix, int partition, List<SlotMemory.Place> places, List<String> lines) {
    for (int number = 0; number < places.size(); number++) {
      String state =
          switch (places.get(number)) {
            case SlotMemory.Place.Blank never -> "blank";
            case SlotMemory.Place.Spoilt broken -> "spoilt";
            case SlotMemory.Slot whole -> "sequence " + whole.sequence();
          };
      lines.add(prefix + "slot " + number + " " + state);
    }
    Optional<SlotMemory.Slot> newest = SlotMemory.newest(places);
    if (newest.isEmpty()) {
      lines.add(prefix + "image none");
      return;
    }
    try {
      Remembered remembered = Remembered.of(newest.get().image(), partition);
      lines.add(prefix + "image whole");
      remembered.ring().forEach(values -> lines.add(prefix + "values " + words(values)));
      lines.add(
          prefix + "certified " + remembered.certificate().map(c -> c.values().k()).orElse(0L));
      remembered
          .certificate()
          .ifPresent(certificate -> {
            CanonicalWriter out = new CanonicalWriter();
            certificate.write(out);
            lines.add(prefix + "certificate " + out.toBytes().hex());
          });
    } catch (Rejected e) {
      lines.add(prefix + "image " + e.code());
    }
  }

  private static String words(ChainValues values) {
    return String.join(
        " ",
        Long.toString(values.k()),
        values.fleetId().value().hex(),
        values.head().hex(),
        values.root().hex(),
        values.outcomesRoot().hex());
  }

  /** Lets an HSM have the home. */
  @Override
  public void close() throws IOException {
    if (lock.isPresent()) {
      lock.get().close();
    }
  }
}
