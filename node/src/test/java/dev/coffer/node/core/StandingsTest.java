package dev.coffer.node.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.core.Messages.EntryWanted;
import dev.coffer.node.core.OrderStanding.Phase;
import dev.coffer.node.core.OrderStanding.Place;
import dev.coffer.node.order.OrderRules;
import dev.coffer.node.order.OrderedLog;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Peers;
import dev.coffer.node.peer.Refusal;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.StoreSettings;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmPort;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node of five believes the others of the order, some of which lie (decision 0021). */
final class StandingsTest {
  private static final Bytes NONE = Bytes.zeros(32);
  private static final Bytes OTHER = NONE.slice(0, 31).concat(Bytes.wrap(new byte[] {1}));
  private static final Bytes FIRST = Bytes.wrap(new byte[] {7, 1});
  private static final Bytes SECOND = Bytes.wrap(new byte[] {7, 2});

  @TempDir Path home;
  private final CoreSamples samples = new CoreSamples();
  private final Map<Integer, OrderStanding> others = new HashMap<>();
  private final Map<Long, Bytes> entries = new HashMap<>();
  private final List<Bytes> taken = new ArrayList<>();
  private final ChainValues founding = ChainValues.founding(samples.fleet.id(), 0);
  private final ChainValues one = StatedHeads.after(founding, FIRST);
  private final ChainValues two = StatedHeads.after(one, SECOND);
  private NodeStore store;
  private NodeContext context;
  private Standings standings;

  private final Peers peers =
      new Peers() {
        @Override
        public Bytes ask(int node, PeerMethod method, Bytes body, Duration deadline)
            throws Refusal {
          try {
            return method == PeerMethod.ORDER
                ? others.get(node).encode()
                : EntryWanted.answer(
                    Optional.ofNullable(entries.get(EntryWanted.decode(body).k())));
          } catch (Rejected e) {
            throw new Refusal(Refusal.Reason.MALFORMED, "it cannot be read");
          }
        }

        @Override
        public boolean tell(int node, PeerMethod method, Bytes body) {
          return false;
        }

        @Override
        public boolean reachable(int node) {
          return others.containsKey(node);
        }
      };

  @BeforeEach
  void open() {
    store = NodeStore.open(home, samples.fleet.id(), 1, StoreSettings.small());
    NodeContext plain = samples.context(1);
    HsmPort hsm =
        (HsmPort)
            Proxy.newProxyInstance(
                HsmPort.class.getClassLoader(),
                new Class<?>[] {HsmPort.class},
                (proxy, method, arguments) -> new HsmPort.Position(founding, 0, true));
    context =
        new NodeContext(
            1,
            plain.fleet(),
            hsm,
            peers,
            store,
            List.of(),
            plain.logins(),
            plain.clock(),
            plain.meters(),
            plain.randomness(),
            plain.threads(),
            plain.mayOrder(),
            plain.delivery(),
            plain.broken());
    standings = new Standings(context, () -> 0);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void votes(int node, long number) {
    others.put(node, new OrderStanding(number, Phase.VOTES, 0, NONE, List.of()));
  }

  @Test
  void aMinorityThatNamesANewerOrderMovesNobody() throws InterruptedException {
    votes(2, OrderRules.NUMBER_MAX);
    votes(3, OrderRules.NUMBER_MAX);
    votes(4, 1);
    votes(5, 1);
    assertEquals(1, standings.newestOrder(Duration.ofSeconds(2)));
    // Nor where each names another.
    votes(4, 77);
    votes(5, 78);
    assertEquals(1, standings.newestOrder(Duration.ofSeconds(2)));
    votes(4, 1);
    votes(5, OrderRules.NUMBER_MAX);
    assertEquals(OrderRules.NUMBER_MAX, standings.newestOrder(Duration.ofSeconds(2)));
  }

  @Test
  void whoeverOnlyRebuildsOrHasForgottenIsNoVote() throws InterruptedException {
    for (int node = 2; node <= 3; node++) {
      votes(node, 50);
    }
    others.put(4, new OrderStanding(50, Phase.REBUILDS, 0, NONE, List.of()));
    others.put(5, new OrderStanding(50, Phase.FORGOTTEN, 0, NONE, List.of()));
    assertEquals(1, standings.newestOrder(Duration.ofSeconds(2)));
  }

  @Test
  void aNumberThatNoOrderCanHaveIsNoAnswer() throws Rejected, InterruptedException {
    for (long number : new long[] {0, OrderRules.NUMBER_MAX + 1, 1_000_000_000_000_000_000L}) {
      votes(2, number);
      Bytes said = others.get(2).encode();
      assertThrows(Rejected.class, () -> OrderStanding.decode(said));
    }
    assertEquals(Map.of(), standings.others());
  }

  private void rebuilds(int node, Place place) {
    others.put(node, new OrderStanding(50, Phase.REBUILDS, 0, NONE, List.of(place)));
  }

  private void assertTakesNothing(String why) {
    OrderedLog log =
        (OrderedLog)
            Proxy.newProxyInstance(
                OrderedLog.class.getClassLoader(),
                new Class<?>[] {OrderedLog.class},
                (proxy, method, arguments) -> {
                  taken.add((Bytes) arguments[1]);
                  throw new IllegalStateException("taken");
                });
    Rebuilding rebuilding =
        new Rebuilding(
            context, standings, List.of(log), (number, from) -> List.of(), Optional::empty);
    IOException end = assertThrows(IOException.class, () -> rebuilding.meet(50, List.of(1, 2, 3)));
    assertTrue(String.valueOf(end.getMessage()).contains(why), end.getMessage());
    assertEquals(List.of(), taken);
  }

  @Test
  void anEntryThatDoesNotLeadToTheHoldersHeadIsNotTaken() {
    entries.put(1L, SECOND);
    rebuilds(2, new Place(1, one.head(), 0, NONE));
    rebuilds(3, new Place(0, NONE, 0, NONE));
    assertTakesNothing("node 2 gives another entry 1");
  }

  @Test
  void anEntryThatAnotherFoundersHsmContradictsIsNotTaken() {
    entries.put(1L, FIRST);
    entries.put(2L, SECOND);
    rebuilds(2, new Place(2, two.head(), 0, NONE));
    rebuilds(3, new Place(0, NONE, 1, OTHER));
    assertTakesNothing("than the HSM of node 3");
    // Its store likewise, also where only a later entry is seen to differ.
    rebuilds(2, new Place(2, two.head(), 0, NONE));
    rebuilds(3, new Place(1, OTHER, 1, OTHER));
    assertTakesNothing("than the store of node 3");
  }

  @Test
  void foundersWhoseStoresDifferDoNotWaitForEver() {
    rebuilds(2, new Place(1, one.head(), 1, one.head()));
    rebuilds(3, new Place(1, OTHER, 1, OTHER));
    assertTakesNothing("the store of node 2 has another entry 1 of partition 0");
  }

  /** Nobody can certify a newer state, and an older certificate is with nobody: that is said. */
  @Test
  void whereTooFewStandAtTheCertifiedEntryNobodyWaitsForMore() {
    Place ahead = new Place(16, NONE, 16, NONE);
    Place behind = new Place(13, NONE, 13, NONE);
    Map<Integer, OrderStanding> all = new HashMap<>();
    for (int node = 1; node <= 4; node++) {
      Place place = node <= 2 ? ahead : behind;
      all.put(node, new OrderStanding(50, Phase.REBUILDS, 0, NONE, List.of(place)));
    }
    String said = Rebuilding.beyond(all, 0, 15, 3).orElseThrow();
    assertTrue(said.startsWith("HSMs [3, 4] stand before entry 15"), said);
    assertEquals(Optional.empty(), Rebuilding.beyond(all, 0, 15, 2));
    assertEquals(Optional.empty(), Rebuilding.beyond(all, 0, 13, 3));
  }
}
