package dev.coffer.node;

import dev.coffer.node.check.ChainClaim;
import dev.coffer.node.check.Findings;
import dev.coffer.node.check.HsmMemory;
import dev.coffer.node.check.Progress;
import dev.coffer.node.core.ArchiveCheck;
import dev.coffer.node.core.Reconciliation;
import dev.coffer.node.hsm.HsmInspection;
import dev.coffer.node.order.OrderCheck;
import dev.coffer.node.store.OrderPosition;
import dev.coffer.node.store.StoreFault;
import dev.coffer.node.store.check.StoreCheck;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Checks everything that can be checked of one stopped node's folders, without a word to anybody
 * and without writing an octet: fleet description, TLS files, store, archive, Raft directory, and
 * the memory of its HSM where the HSM's own program tells it. Not thread-safe.
 *
 * <p><b>Guarantee:</b> what is sound starts, and stands on one chain from the founding to its
 * newest entry. <b>Not guaranteed:</b> that it is the newest the fleet has: ask the peers.
 */
public final class NodeCheck {
  private static final String ANOTHER_TLS =
      "Issue this node's key and certificate anew; nothing else depends on them.";

  private final NodeConfig config;
  private final Progress progress;
  private final Findings findings = new Findings();
  private final List<Partition> partitions = new ArrayList<>();
  private boolean forgotten;

  private NodeCheck(NodeConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** The node or its HSM runs: stop it first. */
  public static final class Running extends Exception {
    private static final long serialVersionUID = 1L;

    Running(String message) {
      super(message);
    }
  }

  /**
   * Where one partition stands.
   *
   * @param k of the store's newest entry; −1 if nothing says so
   * @param certified the k of its newest certificate
   * @param records sound ones
   * @param hsm the k of the HSM's newest entry; −1 if it cannot be read
   * @param ordered the index of the store's newest entry in the Raft log; −1 if nothing says so
   * @param term of that one; 0 if nothing says so
   */
  public record Partition(
      int partition, long k, long certified, long records, long hsm, long ordered, long term) {}

  /**
   * What was looked at and what was found.
   *
   * @param forgotten whether a leader of the others has to let the node in, for its Raft log is
   *     lost or left behind
   */
  public record Report(int node, List<Partition> partitions, Findings findings, boolean forgotten) {
    public Report {
      partitions = List.copyOf(partitions);
    }
  }

  /**
   * Checks the node of {@code config}.
   *
   * @param now what the clock says: certificates count for a time
   * @throws Running if it runs
   * @throws IOException if a folder cannot be read at all
   */
  public static Report check(NodeConfig config, Instant now, Progress progress)
      throws Running, IOException {
    try (HsmInspection hsm = HsmInspection.open(config.hsm().command(), config.hsm().home())) {
      return check(config, hsm, now, progress);
    } catch (HsmInspection.InUse e) {
      throw new Running("The HSM of node " + config.node() + " runs.");
    }
  }

  /** The same, for whoever holds the HSM's home. */
  static Report check(NodeConfig config, HsmInspection hsm, Instant now, Progress progress)
      throws Running, IOException {
    NodeCheck check = new NodeCheck(config, progress);
    check.tls(now);
    check.run(hsm.memory());
    return new Report(config.node(), check.partitions, check.findings, check.forgotten);
  }

  private void run(Optional<HsmMemory> memory) throws Running, IOException {
    Fleet fleet;
    try {
      fleet = FleetFile.read(config.fleet());
    } catch (IOException e) {
      findings.damage(
          "fleet description",
          String.valueOf(e.getMessage()),
          "Copy it from any other node, and compare its hash with the one that apps pin.");
      return;
    }
    if (config.node() > fleet.settings().n()) {
      findings.damage(
          "fleet description",
          "the fleet has no node " + config.node(),
          "Check the lines node and fleet of the configuration.");
      return;
    }
    if (!Files.isExecutable(config.hsm().command())) {
      findings.damage(
          "HSM program",
          "hsm.command names nothing that can be executed",
          "Install it there, or correct the line of the configuration.");
    }
    memory.ifPresent(told -> told.missing(findings));
    if (memory.isEmpty()) {
      findings.note(
          "HSM memory",
          "its program does not say what it holds: only the HSM knows where it stands",
          "Nothing: the node compares it with the store at its next start.");
    }
    store(fleet, memory);
  }

  private void tls(Instant now) {
    try {
      NodeTls ignored = config.loadTls(now);
    } catch (IOException e) {
      findings.damage("TLS files", String.valueOf(e.getMessage()), ANOTHER_TLS);
    }
  }

  private void store(Fleet fleet, Optional<HsmMemory> memory) throws Running, IOException {
    OrderCheck order =
        new OrderCheck(config.raftDirectory(), config.raftMarker(), fleet.id(), findings);
    boolean founding = true;
    if (!Files.isDirectory(config.storeDirectory())) {
      findings.note(
          "store",
          "there is none",
          "Start the node: it begins a new one, and fetches what its HSM has seen from its peers.");
    }
    try (StoreCheck store =
        StoreCheck.open(
            config.storeDirectory(), fleet, config.node(), config.storeSettings(), findings)) {
      for (int number = 0; number < fleet.settings().partitions(); number++) {
        Optional<HsmMemory.Image> image = Optional.empty();
        if (memory.isPresent()) {
          image = memory.get().read(number, fleet, findings);
        }
        founding &= partition(store, fleet, number, image, order);
      }
    } catch (StoreFault.Unavailable e) {
      throw new Running("Node " + config.node() + " runs: its store is in use.");
    }
    order.voter(founding);
    forgotten = order.forgotten();
  }

  /** Returns whether store and HSM stand at the founding, as far as is known. */
  private boolean partition(
      StoreCheck store, Fleet fleet, int number, Optional<HsmMemory.Image> image, OrderCheck order)
      throws IOException {
    List<ChainClaim> claims =
        new ArrayList<>(ArchiveCheck.claims(config.archive(number), fleet, number, findings));
    String where = "HSM memory, partition " + number;
    if (image.isPresent()) {
      image.get().ring().forEach(values -> claims.add(new ChainClaim(where, values)));
      image
          .get()
          .certificate()
          .ifPresent(
              newest -> claims.add(new ChainClaim(where + ", certificate", newest.values())));
    }
    Optional<StoreCheck.Partition> found = store.check(number, claims, progress);
    Optional<OrderPosition> position = found.map(p -> p.position().order());
    order.log(number, position, ahead(image, found));
    if (image.isPresent() && found.isPresent() && !found.get().syncing()) {
      meeting(where, image.get().newest(), found.get());
    }
    long hsm = image.map(i -> i.newest().k()).orElse(-1L);
    long k = found.map(p -> p.position().values().k()).orElse(-1L);
    partitions.add(
        new Partition(
            number,
            k,
            found.map(StoreCheck.Partition::certified).orElse(0L),
            found.map(StoreCheck.Partition::records).orElse(0L),
            hsm,
            position.map(OrderPosition::index).orElse(-1L),
            position.map(OrderPosition::term).orElse(0L)));
    return k <= 0 && hsm <= 0;
  }

  /** Entries that the HSM has captured beyond the store, if anything says so. */
  private static OptionalLong ahead(
      Optional<HsmMemory.Image> image, Optional<StoreCheck.Partition> found) {
    return image.isEmpty() || found.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(
            Math.max(0, image.get().newest().k() - found.get().position().values().k()));
  }

  /** What the next start will do about the distance between HSM and store. */
  private void meeting(String where, ChainValues hsm, StoreCheck.Partition store) {
    ChainValues values = store.position().values();
    Reconciliation next = Reconciliation.of(hsm, values, store.certificate());
    String distance = "it stands at entry " + hsm.k() + ", the store at " + values.k();
    switch (next) {
      case PROCEED -> {
        if (hsm.k() != values.k()) {
          findings.note(where, distance, "Nothing: the start repeats the entries between.");
        }
      }
      case ADOPT_STORED ->
          findings.note(where, distance, "Nothing: the HSM adopts the stored certificate.");
      case SYNCHRONISE ->
          findings.note(
              where, distance, "Start the node while others run: it fetches from its peers.");
      // The claims have said so: two values at one k.
      case STOP -> {}
    }
  }
}
