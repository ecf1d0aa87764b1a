package dev.coffer.hsm.chain;

import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.account.AccountCodec;
import dev.coffer.hsm.account.Applied;
import dev.coffer.hsm.seal.Member;
import dev.coffer.hsm.seal.OperationSeal;
import dev.coffer.hsm.seal.RecordSeal;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeTree;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.tree.PartialTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * The pure part of capture: from the values before, an entry, the records it touches and their
 * proof to the values after, the new records, the leaves and what is held back. Every HSM of the
 * fleet computes exactly the same. Total: a bad operation gets a refused outcome, an unparsable
 * entry none; only wrong records or a wrong proof, which are this host's own fault, are rejected.
 */
final class Batch {
  /** What an entry came to. */
  record Result(
      ChainValues values,
      List<Optional<Bytes>> records,
      List<Bytes> leaves,
      Map<Integer, HeldReply> held) {}

  private final Member member;
  private final ChainValues before;
  private final Bytes head;
  private final RecordSeal recordSeal;
  private final OperationSeal operationSeal;
  private final Map<TreeKey, Touched> touched = new HashMap<>();
  private final Map<Integer, Function<ChainValues, HeldReply>> earned = new HashMap<>();

  /** A record while its entry is applied. Empty account: it does not open, so nobody touches it. */
  private static final class Touched {
    private final Optional<Bytes> ciphertext;
    private Optional<Account> account;
    private int lastPosition;

    Touched(Optional<Bytes> ciphertext, Optional<Account> account) {
      this.ciphertext = ciphertext;
      this.account = account;
    }
  }

  private Batch(Member member, ChainValues before, Bytes head) {
    this.member = member;
    this.before = before;
    this.head = head;
    this.recordSeal = new RecordSeal(member.keys(), before.fleetId(), before.partition());
    this.operationSeal = new OperationSeal(member.keys(), before.fleetId());
  }

  /** Applies {@code octets} on top of {@code before}. */
  static Result apply(
      Member member,
      ChainValues before,
      Bytes octets,
      List<Optional<Bytes>> records,
      Bytes multiproof)
      throws Rejected {
    Bytes head = before.nextHead(ChainValues.entryHash(octets));
    Entry entry;
    try {
      entry = Entry.decode(octets);
    } catch (Rejected e) {
      // No entry can stop the chain: what cannot be read is hashed into the head and does nothing.
      return new Result(
          next(before, head, before.root(), Bytes.zeros(Limits.DIGEST)),
          List.of(),
          List.of(),
          Map.of());
    }
    PartialTree tree = prove(before, entry, records, multiproof);
    return new Batch(member, before, head).run(entry, records, tree);
  }

  private static ChainValues next(ChainValues before, Bytes head, Bytes root, Bytes outcomesRoot) {
    return new ChainValues(
        before.fleetId(), before.partition(), before.k() + 1, head, root, outcomesRoot);
  }

  /** The records are those under the root before, each and every one (INV-7). */
  private static PartialTree prove(
      ChainValues before, Entry entry, List<Optional<Bytes>> records, Bytes multiproof)
      throws Rejected {
    PartialTree tree = PartialTree.decode(multiproof);
    List<TreeKey> keys = entry.touched();
    if (!tree.rootHash().equals(before.root()) || records.size() != keys.size()) {
      throw new Rejected(RejectionCode.BAD_PROOF, "root or number of records");
    }
    for (int i = 0; i < keys.size(); i++) {
      Optional<Bytes> record = records.get(i);
      boolean sized = record.map(octets -> octets.size() == Limits.RECORD).orElse(true);
      if (!sized || !tree.find(keys.get(i)).equals(record.map(PartialTree::ciphertextHash))) {
        throw new Rejected(RejectionCode.BAD_PROOF, "a record is not the one under the root");
      }
    }
    return tree;
  }

  private Result run(Entry entry, List<Optional<Bytes>> records, PartialTree tree) {
    List<TreeKey> keys = entry.touched();
    for (int i = 0; i < keys.size(); i++) {
      touched.put(keys.get(i), new Touched(records.get(i), open(keys.get(i), records.get(i))));
    }
    List<Bytes> leaves = new ArrayList<>();
    for (int position = 0; position < entry.items().size(); position++) {
      Bytes blind = member.keys().outcomeBlind(head, position);
      leaves.add(decide(position, entry.items().get(position), blind).leaf(blind));
    }
    List<Optional<Bytes>> after = new ArrayList<>(keys.size());
    for (TreeKey key : keys) {
      Optional<Bytes> record = seal(key, Objects.requireNonNull(touched.get(key)));
      record.ifPresent(octets -> tree.put(key, PartialTree.ciphertextHash(octets)));
      after.add(record);
    }
    ChainValues values = next(before, head, tree.rootHash(), OutcomeTree.root(leaves));
    Map<Integer, HeldReply> held = new HashMap<>();
    earned.forEach((position, reply) -> held.put(position, reply.apply(values)));
    return new Result(values, after, leaves, held);
  }

  private Optional<Account> open(TreeKey key, Optional<Bytes> record) {
    if (record.isEmpty()) {
      return Optional.of(Account.Absent.NEVER);
    }
    try (SecretBytes plaintext = recordSeal.open(key, record.get())) {
      return Optional.of(plaintext.parse(AccountCodec::decode));
    } catch (Rejected e) {
      return Optional.empty();
    }
  }

  /** Every existing record gets a new ciphertext, whatever became of the operation (INV-10). */
  private Optional<Bytes> seal(TreeKey key, Touched record) {
    if (record.account.isEmpty()) {
      return record.ciphertext;
    }
    Account account = record.account.get();
    if (record.ciphertext.isEmpty() && account.equals(Account.Absent.NEVER)) {
      return Optional.empty();
    }
    byte[] plaintext = AccountCodec.encode(account);
    try {
      return Optional.of(recordSeal.seal(key, head, record.lastPosition, plaintext));
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  /** The outcome of one operation; what it earned is held back, unless it is malformed. */
  private Outcome decide(int position, Entry.Item item, Bytes blind) {
    Touched record = Objects.requireNonNull(touched.get(item.treeKey()));
    record.lastPosition = position;
    Request request;
    Optional<RistrettoElement> element;
    try {
      request = operationSeal.open(item.admittingIndex(), item.operation());
      element = OperationSeal.check(member.fleet(), request);
      belongs(request, item.treeKey());
    } catch (Rejected e) {
      return Outcome.malformed(position);
    }
    if (record.account.isEmpty()) {
      return Outcome.malformed(position);
    }
    Applied.EntryContext at =
        new Applied.EntryContext(
            member.fleet(),
            before.k() + 1,
            position,
            request.hash(),
            member.keys().registrationNonce(head, position, item.operation()));
    Applied applied = Applied.of(request, record.account.get(), at);
    record.account = Optional.of(applied.account());
    Outcome outcome =
        new Outcome(
            position,
            request.type(),
            at.request(),
            applied.code(),
            applied.account().counters().generation(),
            applied.attemptNumber(),
            applied.account().guessesLeft(),
            applied.account().registrationHash(),
            Outcome.payloadHash(applied.payload()));
    Bytes own = request.header().encapsulations().get(member.index() - 1);
    earned.put(position, values -> new HeldReply(values, outcome, blind, own, element, applied));
    return outcome;
  }

  /** An operation acts on its own subject's record, never on the one a host names beside it. */
  private void belongs(Request request, TreeKey named) throws Rejected {
    int partition = request.header().subject().partition(member.fleet().settings().partitions());
    TreeKey own = member.keys().treeKey(request.header().subject());
    if (partition != before.partition() || !own.equals(named)) {
      throw new Rejected(RejectionCode.WRONG_ADDRESSEE, "record");
    }
  }
}
