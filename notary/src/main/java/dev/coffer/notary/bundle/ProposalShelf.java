package dev.coffer.notary.bundle;

import dev.coffer.notary.disk.Disk;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where proposals lie, at most {@link #PROPOSALS_MAX} of them. What was signed is in the journal
 * and does not need its place here. Not thread-safe.
 */
final class ProposalShelf {
  static final int PROPOSALS_MAX = 64;

  private static final String FOLDER = "proposals";

  private final Disk disk;

  /**
   * @param epoch 0 of what cannot be read
   */
  private record Lying(String name, long epoch, long notBefore, boolean approved) {}

  ProposalShelf(Disk disk) {
    this.disk = disk;
  }

  static String path(Bytes hash) {
    return FOLDER + "/" + hash.hex() + "/";
  }

  /**
   * Makes room for one more, unless it lies there already: what the log has passed by goes, then
   * the oldest that nobody has approved.
   *
   * @throws Refused if all that lies there is somebody's approved proposal
   */
  void makeRoom(Bytes hash, long nextEpoch) throws IOException, Refused {
    List<String> names = disk.list(FOLDER);
    if (names.size() < PROPOSALS_MAX || names.contains(hash.hex() + "/")) {
      return;
    }
    List<Lying> kept = new ArrayList<>();
    for (String name : names) {
      Lying lying = look(name);
      if (lying.epoch() < nextEpoch) {
        remove(lying);
      } else {
        kept.add(lying);
      }
    }
    if (kept.size() >= PROPOSALS_MAX) {
      Optional<Lying> oldest =
          kept.stream()
              .filter(lying -> !lying.approved())
              .min(Comparator.comparingLong(Lying::notBefore));
      if (oldest.isEmpty()) {
        throw new Refused(
            RefusalCode.OUT_OF_SEQUENCE,
            "proposal: too many approved ones of this epoch: have one of them approved again");
      }
      remove(oldest.get());
    }
  }

  private Lying look(String name) throws IOException {
    String folder = FOLDER + "/" + name;
    boolean approved = !disk.list(folder + "approvals").isEmpty();
    Optional<Bytes> text = disk.read(folder + "statement", Bundle.SIZE_MAX);
    try {
      Bundle bundle = Bundle.parse(Utf8.decode(text.orElse(Bytes.EMPTY), "proposal"));
      return new Lying(name, bundle.epoch(), bundle.notBefore(), approved);
    } catch (Refused e) {
      return new Lying(name, 0, 0, false);
    }
  }

  private void remove(Lying lying) throws IOException {
    String folder = FOLDER + "/" + lying.name().replace("/", "");
    disk.deleteFolder(folder + "/approvals");
    disk.deleteFolder(folder);
  }
}
