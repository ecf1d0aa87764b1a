package dev.coffer.node.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Places are for those who speak, and no address has all of them. */
final class ConnectionsTest {
  private final Connections<String> connections =
      new Connections<>(new Connections.Limits(4, 2, 10, 60, 30));

  private static InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean enters(String name, int from, long now) {
    Connections.Entrance<String> entrance = connections.enter(name, address(from), now);
    assertEquals(Optional.empty(), entrance.instead());
    return entrance.admitted();
  }

  @Test
  void anAddressHasItsShareAndGetsItBack() {
    for (String busy : List.of("a", "b")) {
      assertTrue(enters(busy, 1, 0));
      connections.works(busy, 0);
    }
    assertFalse(enters("c", 1, 0));
    assertTrue(enters("d", 2, 0));
    connections.leave("a");
    connections.leave("a");
    connections.leave("c");
    assertTrue(enters("e", 1, 0));
    connections.works("e", 0);
    assertFalse(enters("f", 1, 0), "who was refused, or left twice, gives nothing back");
    assertEquals(3, connections.size());
  }

  /** A place that is taken twice and given back once would be lost for good. */
  @Test
  void whoeverComesTwiceHasOnePlace() {
    assertTrue(enters("a", 1, 0));
    assertTrue(enters("a", 1, 1));
    connections.leave("a");
    assertEquals(0, connections.size());
    for (String busy : List.of("b", "c")) {
      assertTrue(enters(busy, 1, 2));
      connections.works(busy, 2);
    }
  }

  /** Many people may share an address: whoever of them keeps a place idle is in nobody's way. */
  @Test
  void whoeverOfAnAddressSaysNothingMakesRoomForAnotherOfItAndNobodyElseDoes() {
    enters("stranger", 2, 0);
    enters("idle", 1, 1);
    connections.works("idle", 1);
    connections.rests("idle", 2);
    enters("silent", 1, 3);
    assertEquals(Optional.of("silent"), connections.enter("a", address(1), 4).instead());
    connections.works("a", 4);
    assertEquals(Optional.of("idle"), connections.enter("b", address(1), 5).instead());
    assertEquals(3, connections.size());
  }

  @Test
  void whoHasBeenSilentLongestMakesRoom() {
    enters("old", 1, 0);
    enters("speaking", 2, 1);
    enters("silent", 3, 2);
    enters("answered", 4, 3);
    connections.works("speaking", 4);
    connections.works("answered", 4);
    connections.rests("answered", 5);
    assertEquals(Optional.of("old"), connections.enter("a", address(8), 6).instead());
    assertEquals(Optional.of("silent"), connections.enter("b", address(8), 7).instead());
    connections.works("a", 8);
    connections.works("b", 8);
    assertEquals(Optional.of("answered"), connections.enter("c", address(9), 9).instead());
    connections.works("c", 9);
    assertFalse(enters("d", 9, 10));
    assertEquals(4, connections.size());
  }

  @Test
  void whereAllAreBusyNobodyIsCutOff() {
    for (int i = 0; i < 4; i++) {
      enters("busy-" + i, i, 0);
      connections.works("busy-" + i, 0);
    }
    assertFalse(enters("late", 9, 1));
    connections.rests("busy-3", 2);
    assertEquals(Optional.of("busy-3"), connections.enter("late", address(9), 3).instead());
    assertEquals(4, connections.size());
  }

  @Test
  void whatIsOnItsWayMakesRoomAfterWhoSaysNothing() {
    enters("reading", 1, 0);
    enters("working", 2, 0);
    enters("writing", 3, 0);
    enters("idle", 4, 0);
    for (String one : List.of("reading", "working", "writing", "idle")) {
      connections.reads(one, 1);
    }
    for (String one : List.of("working", "writing", "idle")) {
      connections.works(one, 2);
    }
    connections.writes("writing", 3);
    connections.writes("idle", 3);
    connections.rests("idle", 4);
    int from = 5;
    for (String gone : List.of("idle", "reading", "writing")) {
      assertEquals(
          Optional.of(gone), connections.enter("not " + gone, address(from++), 5).instead());
      connections.works("not " + gone, 5);
    }
    assertFalse(enters("late", 9, 6), "what is worked on is not cut off");
  }

  @Test
  void aRequestHasOneTimeHoweverItsPartsAreSpread() {
    enters("slow", 1, 0);
    enters("quick", 2, 0);
    connections.reads("slow", 5);
    connections.reads("quick", 20);
    connections.works("quick", 21);
    connections.works("slow", 25);
    connections.writes("quick", 26);
    connections.writes("slow", 34);
    assertEquals(List.of(), connections.overdue(34));
    assertEquals(List.of("slow"), connections.overdue(35));
    assertEquals(List.of("quick"), connections.overdue(50));
  }

  @Test
  void eachPhaseHasItsTime() {
    enters("silent", 1, 0);
    enters("working", 2, 0);
    enters("idle", 3, 0);
    connections.works("working", 5);
    connections.works("idle", 5);
    connections.rests("idle", 6);
    assertEquals(List.of(), connections.overdue(9));
    assertEquals(List.of("silent"), connections.overdue(10));
    assertEquals(List.of(), connections.overdue(34));
    assertEquals(List.of("working"), connections.overdue(35));
    assertEquals(List.of("idle"), connections.overdue(66));
    assertEquals(0, connections.size());
    assertTrue(enters("next", 1, 70));
  }
}
