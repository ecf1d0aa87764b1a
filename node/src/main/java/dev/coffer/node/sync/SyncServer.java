package dev.coffer.node.sync;

import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.TreeView;
import dev.coffer.node.store.tree.PagePath;
import dev.coffer.node.store.tree.TreeSourceFailure;
import dev.coffer.node.store.tree.TreeSourceFailure.Reason;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers peers that synchronise, from states that hold still. Work and memory a question are
 * bounded by the limits of {@code TreeSource} and {@code StoreSettings.heldOctets}. Thread-safe.
 */
public final class SyncServer {
  private final NodeStore store;
  private final int partitions;

  /** Serves all {@code partitions} of {@code store}. */
  public SyncServer(NodeStore store, int partitions) {
    this.store = store;
    this.partitions = partitions;
  }

  /**
   * The partition that a question is about.
   *
   * @throws Rejected if it is none
   */
  public static int partitionOf(Bytes question) throws Rejected {
    return Question.decode(question).partition();
  }

  /**
   * The answer to a question of {@link RemoteTree}, at most 270,000 octets.
   *
   * @throws Rejected if it is none
   */
  public Bytes answer(Bytes question) throws Rejected {
    Question asked = Question.decode(question);
    if (asked.partition() >= partitions) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, "partition");
    }
    RecordStore records = store.partition(asked.partition());
    try {
      return switch (asked) {
        case Question.Offer offer -> offer(records, offer);
        case Question.Pages pages -> pages(view(records, pages.k()), pages.paths());
        case Question.Records wanted -> records(view(records, wanted.k()), wanted.keys());
        case Question.EntryHashes hashes -> hashes(records, hashes);
      };
    } catch (TreeSourceFailure e) {
      return Answers.failure(e.reason());
    }
  }

  private static TreeView view(RecordStore records, long k) throws TreeSourceFailure {
    return records
        .viewAt(k)
        .orElseThrow(() -> new TreeSourceFailure(Reason.MOVED, "that state is held no more"));
  }

  private static Bytes offer(RecordStore records, Question.Offer asked) throws TreeSourceFailure {
    TreeView view =
        records
            .view(asked.atLeast())
            .orElseThrow(() -> new TreeSourceFailure(Reason.BEHIND, "no such state yet"));
    return Answers.offer(new RemoteTree.Offer(view.certificate(), view.order()));
  }

  private static Bytes pages(TreeView view, List<PagePath> paths) throws TreeSourceFailure {
    List<Optional<Bytes>> pages = new ArrayList<>(paths.size());
    for (PagePath path : paths) {
      pages.add(view.page(path));
    }
    return Answers.list(pages);
  }

  private static Bytes records(TreeView view, List<TreeKey> keys) throws TreeSourceFailure {
    List<Optional<Bytes>> records = new ArrayList<>(keys.size());
    for (TreeKey key : keys) {
      records.add(view.record(key));
    }
    return Answers.list(records);
  }

  private static Bytes hashes(RecordStore records, Question.EntryHashes asked)
      throws TreeSourceFailure {
    try {
      return Answers.hashes(records.entryHashes(asked.after(), asked.count()));
    } catch (IllegalArgumentException e) {
      throw new TreeSourceFailure(Reason.BEHIND, "no such entries yet", e);
    }
  }
}
