package dev.coffer.node;

import dev.coffer.files.AtomicFile;
import dev.coffer.node.check.Finding;
import dev.coffer.node.check.Finding.RepairAction;
import dev.coffer.node.check.Finding.Weight;
import dev.coffer.node.check.Progress;
import dev.coffer.node.hsm.HsmInspection;
import dev.coffer.node.order.RaftTail;
import dev.coffer.node.order.VoterIdentity;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Puts right what {@link NodeCheck} found on a stopped node's disk, as far as the other nodes have
 * it: what is damaged is moved aside, never removed, and the next start makes it anew
 * (docs/replication.md rule 9). Not thread-safe.
 *
 * <p><b>Guarantee:</b> the HSM's memory is not touched, so no guess is lost or won. <b>Not
 * guaranteed:</b> that the others have what this node is without; that is why one repairs one node
 * at a time, while the others serve.
 */
public final class NodeRepair {
  private final NodeConfig config;
  private final boolean keepName;
  private final Set<RepairAction> needed = EnumSet.noneOf(RepairAction.class);
  private final List<Finding> byHand = new ArrayList<>();
  private final boolean contradictory;

  /**
   * @param report what the check has found
   * @param keepName whether a torn end of the Raft log is cut off, so that the voter keeps its name
   */
  public NodeRepair(NodeConfig config, NodeCheck.Report report, boolean keepName) {
    this.config = config;
    this.keepName = keepName;
    this.contradictory = report.findings().count(Weight.CONTRADICTION) > 0;
    for (Finding finding : report.findings().listed()) {
      if (finding.weight() == Weight.DAMAGE) {
        if (finding.repair() == RepairAction.BY_HAND) {
          byHand.add(finding);
        } else {
          needed.add(finding.repair());
        }
      }
    }
  }

  /** Whether parts of the node exclude each other: then nothing may be touched. */
  public boolean contradictory() {
    return contradictory;
  }

  /** Damage that only somebody who looks can put right; first, if there is any. */
  public List<Finding> byHand() {
    return List.copyOf(byHand);
  }

  /** Whether there is nothing to repair. */
  public boolean idle() {
    return needed.isEmpty();
  }

  /** Whether the node comes back as a new voter, which the leader of a majority has to let in. */
  public boolean newVoter() {
    return needed.contains(RepairAction.RAFT_ASIDE)
        || (needed.contains(RepairAction.RAFT_TAIL) && !keepName);
  }

  /** Whether a torn end of the Raft log is cut off. */
  public boolean cutsTail() {
    return needed.contains(RepairAction.RAFT_TAIL) && !newVoter();
  }

  /** Whether the store is fetched anew from the peers. */
  public boolean newStore() {
    return needed.contains(RepairAction.STORE_ASIDE);
  }

  /**
   * Does it, and returns where the damaged parts are now.
   *
   * @throws NodeCheck.Running if the node was started since it was checked
   */
  public List<Path> carryOut(Instant now, Progress progress) throws NodeCheck.Running, IOException {
    List<Path> aside = new ArrayList<>();
    // While this is held the HSM does not start, and so no node, and no other repair goes on.
    try (HsmInspection hsm = HsmInspection.open(config.hsm().command(), config.hsm().home())) {
      NodeCheck.Report report = NodeCheck.check(config, hsm, now, progress);
      NodeRepair again = new NodeRepair(config, report, keepName);
      if (!again.needed.equals(needed) || again.contradictory || contradictory) {
        throw new IOException("the node's disk has changed since it was looked at");
      }
      String mark = ".damaged-" + now.getEpochSecond();
      if (newVoter()) {
        aside.add(moveAside(config.raftDirectory(), mark));
      } else if (cutsTail()) {
        aside.addAll(cutTails(sibling(config.raftDirectory(), mark)));
      }
      if (newStore()) {
        aside.add(moveAside(config.storeDirectory(), mark));
      }
    } catch (HsmInspection.InUse e) {
      throw new NodeCheck.Running("The HSM of node " + config.node() + " runs.");
    }
    return aside;
  }

  private List<Path> cutTails(Path aside) throws IOException {
    Fleet fleet = FleetFile.read(config.fleet());
    long order = VoterIdentity.order(config.raftMarker()).number();
    List<Path> made = new ArrayList<>();
    for (int partition = 0; partition < fleet.settings().partitions(); partition++) {
      Path own = aside.resolve("partition-" + partition);
      if (RaftTail.cut(config.raftDirectory(), fleet.id(), partition, order, own)) {
        made.add(own);
      }
    }
    return made;
  }

  private static Path sibling(Path directory, String mark) {
    return directory.resolveSibling(directory.getFileName() + mark);
  }

  private static Path moveAside(Path directory, String mark) throws IOException {
    Path aside = sibling(directory, mark);
    for (int copy = 2; Files.exists(aside); copy++) {
      aside = sibling(directory, mark + "-" + copy);
    }
    Files.move(directory, aside, StandardCopyOption.ATOMIC_MOVE);
    AtomicFile.force(Objects.requireNonNull(aside.toAbsolutePath().getParent()));
    return aside;
  }
}
