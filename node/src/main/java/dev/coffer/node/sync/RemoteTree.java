package dev.coffer.node.sync;

import dev.coffer.node.store.OrderPosition;
import dev.coffer.node.store.tree.PagePath;
import dev.coffer.node.store.tree.TreeSource;
import dev.coffer.node.store.tree.TreeSourceFailure;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import java.util.List;
import java.util.Optional;

/**
 * One partition of a peer's store behind an exchange of octets, as far as a synchronisation needs
 * it. Nothing is verified here. As thread-safe as the exchange.
 */
public final class RemoteTree {
  /** Entry hashes asked for in one call. */
  public static final int HASHES_MAX = 4096;

  /** A certified state that the peer holds still for a while. */
  public record Offer(Certificate certificate, OrderPosition order) {}

  /** Carries a question to one peer's {@link SyncServer#answer} and its answer back. */
  public interface Exchange {
    /**
     * Asks and waits, with a deadline of its own.
     *
     * @throws TreeSourceFailure AWAY if no answer came
     */
    Bytes ask(Bytes question) throws TreeSourceFailure;
  }

  private final int partition;
  private final Exchange exchange;

  /** The peer at the other end of {@code exchange}. */
  public RemoteTree(int partition, Exchange exchange) {
    this.partition = partition;
    this.exchange = exchange;
  }

  private Bytes ask(Question question) throws TreeSourceFailure {
    return exchange.ask(question.encode());
  }

  /**
   * The peer's newest certified state.
   *
   * @throws TreeSourceFailure BEHIND while it has none with k ≥ {@code atLeast}: ask again some
   *     milliseconds later
   */
  public Offer offer(long atLeast) throws TreeSourceFailure {
    return Answers.readOffer(ask(new Question.Offer(partition, atLeast)));
  }

  /** The state offered at {@code k}. */
  public TreeSource at(long k) {
    return new TreeSource() {
      @Override
      public List<Optional<Bytes>> pages(List<PagePath> paths) throws TreeSourceFailure {
        Bytes answer = ask(new Question.Pages(partition, k, paths));
        return Answers.readList(answer, paths.size(), PagePath.ENCODED_MAX);
      }

      @Override
      public List<Optional<Bytes>> records(List<TreeKey> keys) throws TreeSourceFailure {
        Bytes answer = ask(new Question.Records(partition, k, keys));
        return Answers.readList(answer, keys.size(), Limits.RECORD);
      }
    };
  }

  /**
   * The hashes of entries {@code after + 1} … {@code after + count}, count ≤ {@link #HASHES_MAX}.
   */
  public List<Bytes> entryHashes(long after, int count) throws TreeSourceFailure {
    return Answers.readHashes(ask(new Question.EntryHashes(partition, after, count)), count);
  }
}
