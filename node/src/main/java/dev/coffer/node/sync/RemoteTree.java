package dev.coffer.node.sync;

import dev.coffer.node.store.PagePath;
import dev.coffer.node.store.TreeSourceFailure;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import java.util.List;
import java.util.Optional;

/** A peer's partition behind an exchange of octets. As thread-safe as the exchange. */
public final class RemoteTree implements PeerTree {
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

  @Override
  public Offer offer(long atLeast) throws TreeSourceFailure {
    return Answers.readOffer(ask(new Question.Offer(partition, atLeast)));
  }

  @Override
  public List<Optional<Bytes>> pages(long k, List<PagePath> paths) throws TreeSourceFailure {
    Bytes answer = ask(new Question.Pages(partition, k, paths));
    return Answers.readList(answer, paths.size(), PagePath.ENCODED_MAX);
  }

  @Override
  public List<Optional<Bytes>> records(long k, List<TreeKey> keys) throws TreeSourceFailure {
    Bytes answer = ask(new Question.Records(partition, k, keys));
    return Answers.readList(answer, keys.size(), Limits.RECORD);
  }

  @Override
  public List<Bytes> entryHashes(long after, int count) throws TreeSourceFailure {
    return Answers.readHashes(ask(new Question.EntryHashes(partition, after, count)), count);
  }
}
