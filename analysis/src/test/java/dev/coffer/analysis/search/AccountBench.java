package dev.coffer.analysis.search;

import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The real HSMs on which accounts are tried, one for each chain. Corrupted ones complete every
 * certificate, so that each chain goes on whatever the others do.
 */
final class AccountBench {
  private final FoundedWorld world;
  private final Setting fleet;
  private final TestClient alice;
  private final TreeKey bobs;

  AccountBench(FoundedWorld world, Setting fleet) {
    this.world = world;
    this.fleet = fleet;
    this.alice = world.alice();
    this.bobs = world.member(1).keys().treeKey(world.bob().subject());
  }

  /** What was ordered, and what came of it. */
  record Ordered(ChainAccount.Stand stand, List<TestClient.Answer> answers) {}

  /** An item of an entry, and whose request is in it. */
  record Asked(TestClient by, Request request, Entry.Item item) {}

  /** Where every chain begins. */
  ChainAccount start(int chain) {
    Place base = world.base();
    return new ChainAccount(
        chain,
        new ChainAccount.Stand(
            world.platform(chain + 1).image(),
            HsmMemory.take(core(chain)),
            base.values(),
            base.book(),
            RecordBook.empty(),
            Records.of(world, base)));
  }

  private HsmCore core(int chain) {
    return world.core(chain + 1);
  }

  private HsmCore staged(ChainAccount at) {
    HsmCore core = core(at.chain);
    world.platform(at.chain + 1).restore(at.image);
    HsmMemory.put(core, at.memory);
    return core;
  }

  private Certificate certified(HsmPort.Capture capture) {
    List<Statement> statements = new ArrayList<>(List.of(capture.statement().orElseThrow()));
    for (int i = fleet.honest() + 1; statements.size() < fleet.q(); i++) {
      statements.add(world.forge(i, capture.values()));
    }
    return Certificate.of(statements);
  }

  /** Has one entry of all of {@code asked} captured after {@code at}, certified and released. */
  Ordered order(ChainAccount at, List<Asked> asked) throws Rejected {
    Bytes entry = new Entry(asked.stream().map(Asked::item).toList()).encode();
    List<TreeKey> keys = Bench.touched(entry);
    HsmCore core = staged(at);
    HsmPort.Capture capture =
        core.capture(0, at.k() + 1, entry, at.book.records(keys), at.book.proof(keys));
    RecordBook book = at.book.with(keys, capture.records());
    BrokenPromise.unless(
        book.root().equals(capture.values().root()), "INV-7", "the root is not the records'");
    Certificate certificate = certified(capture);
    List<HsmPort.PositionedReply> replies =
        core.release(certificate, IntStream.range(0, asked.size()).boxed().toList());
    TestFleet.Ordered ordered =
        new TestFleet.Ordered(entry, certificate, capture.leaves(), List.of(replies));
    List<TestClient.Answer> answers = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      answers.add(world.opened(asked.get(i).by(), asked.get(i).request(), ordered, i));
    }
    return new Ordered(stand(at, core, capture, book), answers);
  }

  private ChainAccount.Stand stand(
      ChainAccount at, HsmCore core, HsmPort.Capture capture, RecordBook book) {
    return new ChainAccount.Stand(
        world.platform(at.chain + 1).image(),
        HsmMemory.take(core),
        capture.values(),
        book,
        at.book,
        Records.of(world, alice.subject(), book));
  }

  /** Lets the chain grow without any operation until it has come to {@code k}. */
  ChainAccount tickTo(ChainAccount from, long k) throws Rejected {
    ChainAccount at = from;
    while (at.k() < k) {
      HsmCore core = staged(at);
      Bytes tick = Bytes.zeros(1);
      HsmPort.Capture capture =
          core.capture(0, at.k() + 1, tick, List.of(), at.book.proof(List.of()));
      core.release(certified(capture), List.of());
      at = at.next(stand(at, core, capture, at.book));
    }
    return at;
  }

  /** Records that are not the newest of their own key, with the right proof (INV-7). */
  void pester(ChainAccount at, AccountOp op) {
    Bytes entry = new Entry(List.of(op.item())).encode();
    List<TreeKey> keys = Bench.touched(entry);
    Optional<Bytes> old = at.before.record(keys.getFirst());
    for (Optional<Bytes> wrong : List.of(at.book.record(bobs), old)) {
      if (wrong.equals(at.book.record(keys.getFirst()))) {
        continue;
      }
      HsmCore core = staged(at);
      try {
        core.capture(0, at.k() + 1, entry, List.of(wrong), at.book.proof(keys));
      } catch (Rejected refused) {
        continue;
      }
      throw new BrokenPromise("INV-7", "a record that is old or another's was accepted");
    }
  }

  /** An operation beside another record's name than its own acts on neither. */
  void misplaced(ChainAccount at, AccountOp op) {
    Entry.Item moved = new Entry.Item(bobs, 1, op.item().operation());
    Bytes entry = new Entry(List.of(moved)).encode();
    List<TreeKey> keys = List.of(bobs);
    HsmCore core = staged(at);
    try {
      HsmPort.Capture capture =
          core.capture(0, at.k() + 1, entry, at.book.records(keys), at.book.proof(keys));
      BrokenPromise.unless(
          core.release(certified(capture), List.of(0)).isEmpty(),
          "INV-7",
          "an operation acted on another account's record");
    } catch (Rejected e) {
      throw new BrokenPromise("liveness", "a bad operation stopped the chain");
    }
  }
}
