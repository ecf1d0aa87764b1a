package dev.coffer.node.door;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** Nobody has all of the places alone. */
final class PlacesTest {
  private final Places places = new Places(3, 2);

  private static InetAddress address(int last) throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
  }

  @Test
  void anAddressHasItsShareAndNobodyMoreThanThereAre() throws Exception {
    assertTrue(places.take(address(1)));
    assertTrue(places.take(address(1)));
    assertFalse(places.take(address(1)), "its share");
    assertTrue(places.take(address(2)));
    assertFalse(places.take(address(3)), "all of them");
    places.giveBack(address(1));
    assertTrue(places.take(address(3)));
    assertFalse(places.take(address(1)), "all of them");
  }

  @Test
  void whoHasNoneGivesNoneBack() throws Exception {
    places.giveBack(address(1));
    for (int i = 0; i < 2; i++) {
      assertTrue(places.take(address(1)));
    }
    assertFalse(places.take(address(1)));
    places.giveBack(address(1));
    places.giveBack(address(1));
    places.giveBack(address(1));
    for (int i = 1; i <= 3; i++) {
      assertTrue(places.take(address(i)));
    }
    assertFalse(places.take(address(4)));
  }
}
