package dev.coffer.analysis.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.hsm.simulated.FilePlatform;
import dev.coffer.hsm.simulated.Inspection;
import dev.coffer.node.check.Findings;
import dev.coffer.node.check.HsmMemory;
import dev.coffer.node.store.FaultyDisk.Fault;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.tree.PartialTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every durable operation of an HSM's home fails once in every way, in its founding and over a
 * chain of captures, releases, an adoption and restarts: what it has stated is there afterwards
 * (INV-4), it never states two things for one k (INV-7), nothing is certified to it that was not
 * (INV-5), it is silent until it has heard the others, catches up and goes on.
 */
@Tag("long")
final class HsmFaultsTest {
  private static final int LENGTH = 12;
  private static final int POINTS_MIN = 20;

  private final TestIssuer issuer = new TestIssuer(7);
  private final FleetSettings settings =
      new FleetSettings(3, 2, 10, 1, List.of(issuer.tenant()), true, false);

  /** One HSM on files that fail, and two beside it. */
  private final class World {
    private final List<MemoryPlatform> others =
        List.of(new MemoryPlatform(1002), new MemoryPlatform(1003));
    private final Map<Long, Statement> stated = new HashMap<>();
    private FaultyTree tree;
    private HsmCore core;
    private boolean starting;
    private List<HsmCore> beside;
    private Fleet fleet;

    World(FaultyTree tree) {
      this.tree = tree;
    }

    HsmCore start() throws IOException {
      starting = true;
      FilePlatform platform = new FilePlatform(new FaultyFiles(tree).getPath("/hsm"));
      others.forEach(other -> other.attesting(platform.model(), platform.measurement()));
      core = new HsmCore(platform);
      starting = false;
      return core;
    }

    void found() throws IOException, Rejected {
      start();
      beside = others.stream().map(HsmCore::new).toList();
      fleet = TestFleet.found(settings, List.of(core, beside.get(0), beside.get(1)));
    }

    /** Lets the HSM hear the others; whether it speaks then. */
    boolean hear() throws Rejected {
      Bytes nonce = core.challenge(0);
      List<SignedStatus> statuses = new ArrayList<>();
      for (HsmCore other : beside) {
        statuses.add(other.status(0, nonce));
      }
      return core.hear(0, statuses);
    }

    void introduce() throws Rejected {
      List<HsmCore> all = List.of(core, beside.get(0), beside.get(1));
      for (HsmCore one : all) {
        Bytes nonce = one.challenge(0);
        for (HsmCore other : all) {
          if (other != one) {
            one.hear(0, List.of(other.status(0, nonce)));
          }
        }
      }
    }

    private HsmPort.Capture capture(HsmCore hsm, long k) throws Rejected {
      // Nobody can read such an entry: it moves the chain and touches no record.
      return hsm.capture(0, k, entry(k), List.of(), PartialTree.empty().encode());
    }

    private void remember(Optional<Statement> statement) {
      statement.ifPresent(s -> {
        Statement before = stated.putIfAbsent(s.values().k(), s);
        assertTrue(before == null || before.equals(s), "two statements for one k differ");
      });
    }

    /** The others go on to entry {@code k}, and certify it. */
    Certificate certified(long k) throws Rejected {
      List<Statement> statements = new ArrayList<>();
      for (HsmCore other : beside) {
        capture(other, k).statement().ifPresent(statements::add);
      }
      Certificate certificate = Certificate.of(statements);
      for (HsmCore other : beside) {
        assertEquals(List.of(), other.release(certificate, List.of()));
      }
      return certificate;
    }

    /** One entry: captured and released, or at k = 7 jumped to. */
    void step(long k) throws Rejected, IOException {
      Certificate certificate = certified(k);
      if (k == 5 || k == 6) {
        return;
      }
      if (k == 7) {
        long own = core.position(0).values().k();
        List<Bytes> hashes = new ArrayList<>();
        for (long i = own + 1; i <= k; i++) {
          hashes.add(ChainValues.entryHash(entry(i)));
        }
        core.adopt(certificate, hashes);
        remember(Optional.of(core.restate(0, k)));
        return;
      }
      remember(capture(core, k).statement());
      List<HsmPort.PositionedReply> none = core.release(certificate, List.of());
      assertEquals(List.of(), none);
      if (k == 3 || k == 9) {
        start();
        assertTrue(hear());
      }
    }

    private Optional<Statement> restated(long k) {
      try {
        return Optional.of(core.restate(0, k));
      } catch (Rejected notInTheRing) {
        return Optional.empty();
      }
    }

    /** What {@code coffer node fsck} reads of a stopped HSM's memory. */
    private void checked() throws IOException {
      Findings findings = new Findings();
      try (Inspection memory = Inspection.open(new FaultyFiles(tree).getPath("/hsm"))) {
        HsmMemory.Image image = HsmMemory.of(memory.lines()).read(0, fleet, findings).orElseThrow();
        assertTrue(findings.sound(), findings.listed().toString());
        image
            .ring()
            .forEach(values -> {
              Statement said = stated.get(values.k());
              assertTrue(said == null || said.values().equals(values), "stated otherwise");
            });
      }
    }

    /**
     * After a fault: what was said is there, and the HSM finds its way to entry {@code reached}.
     */
    void recover(long reached) throws IOException, Rejected {
      checked();
      start();
      HsmPort.Position position = core.position(0);
      long said = stated.keySet().stream().mapToLong(k -> k).max().orElse(0);
      assertTrue(position.values().k() >= said, "stated " + said + ", remembers " + position);
      assertTrue(position.highestCertified() <= reached);
      assertFalse(position.maySign());
      assertThrows(Rejected.class, () -> core.restate(0, position.values().k()));
      if (position.values().k() + Limits.RING > reached) {
        for (long k = position.values().k() + 1; k <= reached; k++) {
          capture(core, k);
        }
      }
      assertTrue(hear(), "it speaks once it stands where the others do");
      for (long k = 1; k <= reached; k++) {
        remember(restated(k));
      }
      assertTrue(stated.containsKey(reached));
    }
  }

  private static Bytes entry(long k) {
    return Bytes.copyOf(new byte[] {0, (byte) k});
  }

  @ParameterizedTest
  @EnumSource
  void everyOperationOfAFoundingFailsOnce(Fault fault) throws Exception {
    FaultyTree whole = new FaultyTree(0, fault);
    new World(whole).found();
    for (long at = 1; at <= whole.operations(); at++) {
      World world = new World(new FaultyTree(at, fault));
      try {
        world.found();
      } catch (Nvram.Fault | IOException expected) {
        // The founding is broken off.
      }
      FaultyTree after = world.tree.next(new SplittableRandom(at));
      World again = new World(after);
      HsmCore back = again.start();
      String when = fault + " at operation " + at;
      if (founded(back)) {
        assertEquals(0, back.position(0).values().k(), when);
        assertEquals(back.founding().identify(), back.founding().fleet().hsm(1), when);
      } else {
        again.found();
        assertEquals(0, again.core.position(0).values().k(), when);
      }
      again.tree = after.afterPowerCut(FaultyTree.NOTHING_LEFT);
      assertTrue(founded(again.start()), when + ", and a power cut in the end");
    }
    System.out.println(
        "Faults by enumeration: founding an HSM, " + fault + ", " + whole.operations() + " points");
    assertTrue(whole.operations() >= POINTS_MIN, "only " + whole.operations());
  }

  private static boolean founded(HsmCore core) {
    try {
      return core.position(0).values().k() == 0;
    } catch (Rejected notYet) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyOperationOfAChainFailsOnce(Fault fault) throws Exception {
    FaultyTree whole = new FaultyTree(0, fault);
    World base = new World(whole);
    base.found();
    long founding = whole.operations();
    live(base, 1);
    long points = whole.operations() - founding;
    for (long at = 1; at <= points; at++) {
      World world = new World(new FaultyTree(founding + at, fault));
      world.found();
      long reached = live(world, 1);
      world.tree = world.tree.next(new SplittableRandom(at));
      world.recover(reached);
      assertEquals(LENGTH, live(world, reached + 1), fault + " at operation " + at);
      ChainValues end = world.beside.getFirst().position(0).values();
      assertEquals(end, world.core.position(0).values());
      world.tree = world.tree.afterPowerCut(FaultyTree.NOTHING_LEFT);
      assertEquals(end, world.start().position(0).values(), "after a power cut in the end");
    }
    System.out.println(
        "Faults by enumeration: an HSM's memory, " + fault + ", " + points + " points");
    assertTrue(points >= POINTS_MIN, "only " + points);
  }

  @Test
  void theEnumerationBitesAMemoryThatDoesNotFlush() throws Exception {
    World base = new World(new FaultyTree(0, Fault.CRASH_AFTER));
    base.found();
    long founding = base.tree.operations();
    live(base, 1);
    int caught = 0;
    long points = base.tree.operations() - founding;
    for (long at = 1; at <= points; at++) {
      World world = new World(new FaultyTree(founding + at, Fault.CRASH_AFTER));
      world.found();
      // The founding lasts; from here on nothing is ever flushed.
      world.tree.neverFlushing();
      long reached = live(world, 1);
      world.tree = world.tree.afterPowerCut(FaultyTree.NOTHING_LEFT);
      try {
        world.recover(reached);
      } catch (AssertionError statedAndForgotten) {
        caught++;
      }
    }
    System.out.println(
        "Faults by enumeration: a memory that does not flush is caught at "
            + caught
            + " of "
            + points
            + " points");
    assertTrue(caught > points / 2, "caught " + caught);
  }

  /** Returns how far the others came when the HSM's memory failed, or the end. */
  private static long live(World world, long from) throws Rejected, IOException {
    long k = from;
    try {
      if (from == 1) {
        world.introduce();
      }
      for (; k <= LENGTH; k++) {
        world.step(k);
      }
      return LENGTH;
    } catch (Nvram.Fault fault) {
      long now = k;
      if (!world.starting) {
        // Nothing more is said in this life, whatever it is asked for.
        assertThrows(Nvram.Fault.class, () -> world.core.restate(0, now));
        assertThrows(Nvram.Fault.class, () -> world.capture(world.core, now));
      }
      return k;
    } catch (IOException cannotStart) {
      return k;
    }
  }
}
