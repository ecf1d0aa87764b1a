package dev.coffer.node.door;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.core.Meters;
import dev.coffer.node.core.NodeClock;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.login.LoginClaims;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who comes too often is told when to come again, and nobody else feels it. */
final class DoorTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Near the end of the clock's range: differences count, not values. */
  private long nanos = Long.MAX_VALUE - 3 * SECOND;

  private final NodeClock clock =
      new NodeClock() {
        @Override
        public long nanos() {
          return nanos;
        }

        @Override
        public Instant now() {
          return Instant.EPOCH;
        }
      };

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  private Door door(Rate tenant, Rate account, Rate address, Rate badLogins) {
    return new Door(new Door.Rates(tenant, account, address, badLogins), clock, Meters.NONE);
  }

  private static LoginClaims claims(String tenant, String account) {
    return new LoginClaims(account, "fleet", tenant, 0, 1, Bytes.zeros(32));
  }

  private static int refused(org.junit.jupiter.api.function.Executable call) {
    Refusal refusal = assertThrows(Refusal.class, call);
    assertEquals(Refusal.Reason.LIMITED, refusal.reason());
    return refusal.afterSeconds();
  }

  @Test
  void aBurstThenTheRateAndTheTimeToComeAgainHolds() throws Exception {
    Door door = door(new Rate(0, 1), new Rate(2, 10), new Rate(0, 1), new Rate(0, 1));
    for (int i = 0; i < 10; i++) {
      door.login(claims("app", "alice"));
    }
    assertEquals(1, refused(() -> door.login(claims("app", "alice"))));
    nanos += SECOND / 2 - 1;
    refused(() -> door.login(claims("app", "alice")));
    nanos += 1;
    door.login(claims("app", "alice"));
    refused(() -> door.login(claims("app", "alice")));
    nanos += 100 * SECOND;
    for (int i = 0; i < 10; i++) {
      door.login(claims("app", "alice"));
    }
    refused(() -> door.login(claims("app", "alice")));
  }

  @Test
  void aSlowRateNamesWholeSecondsAfterWhichItLetsIn() throws Exception {
    Buckets<String> slow = new Buckets<>(new Rate(1, 1), 4);
    assertEquals(0, slow.take("a", nanos));
    assertEquals(SECOND, slow.take("a", nanos));
    assertEquals(SECOND, slow.take("a", nanos), "asking costs nothing");
    assertEquals(0, slow.take("a", nanos + SECOND));
  }

  @Test
  void oneAccountsFloodLeavesItsTenantsShareAlone() throws Exception {
    Door door = door(new Rate(1, 12), new Rate(1, 10), new Rate(0, 1), new Rate(0, 1));
    for (int i = 0; i < 10; i++) {
      door.login(claims("app", "alice"));
    }
    for (int i = 0; i < 1_000; i++) {
      refused(() -> door.login(claims("app", "alice")));
    }
    door.login(claims("app", "bob"));
    door.login(claims("app", "carol"));
    refused(() -> door.login(claims("app", "dave")));
    // Another app's account of the same name is another account.
    door.login(claims("other", "alice"));
  }

  @Test
  void aConnectionTakesFourRequestsFromItsAddress() throws Exception {
    Door door = door(new Rate(0, 1), new Rate(0, 1), new Rate(1, 10), new Rate(0, 1));
    InetAddress flood = address("192.0.2.1");
    assertTrue(door.connects(flood));
    door.request(flood);
    assertTrue(door.connects(flood));
    door.request(flood);
    assertFalse(door.connects(flood));
    refused(() -> door.request(flood));
    InetAddress other = address("192.0.2.2");
    assertTrue(door.connects(other));
    assertTrue(door.connects(other));
    assertTrue(door.connects(other));
    assertFalse(door.connects(other));
  }

  @Test
  void aSubscribersWholeNetworkIsOneAddress() throws Exception {
    Door door = door(new Rate(0, 1), new Rate(0, 1), new Rate(1, 2), new Rate(0, 1));
    door.request(address("2001:db8:0:1::1"));
    door.request(address("2001:db8:0:1:ffff::2"));
    refused(() -> door.request(address("2001:db8:0:1::3")));
    door.request(address("2001:db8:0:2::1"));
    // As sockets that speak both tell an IPv4 address.
    door.request(address("::ffff:192.0.2.1"));
    door.request(address("192.0.2.1"));
    refused(() -> door.request(address("192.0.2.1")));
  }

  @Test
  void afterTooManyFalseLoginsNoneFromThereIsLookedAt() throws Exception {
    Door door = door(new Rate(0, 1), new Rate(0, 1), new Rate(0, 1), new Rate(1, 3));
    InetAddress from = address("192.0.2.1");
    for (int i = 0; i < 3; i++) {
      door.beforeLogin(from);
      door.beforeLogin(from);
      door.badLogin(from);
    }
    refused(() -> door.beforeLogin(from));
    door.beforeLogin(address("192.0.2.2"));
    nanos += SECOND;
    door.beforeLogin(from);
  }

  @Test
  void loginsThatAreOverHaveFourTimesTheRoom() throws Exception {
    Door door = door(new Rate(0, 1), new Rate(0, 1), new Rate(0, 1), new Rate(1, 3));
    InetAddress from = address("192.0.2.1");
    for (int i = 0; i < 12; i++) {
      door.beforeLogin(from);
      door.expiredLogin(from);
    }
    refused(() -> door.beforeLogin(from));
    door.beforeLogin(address("192.0.2.2"));
    nanos += SECOND / 4;
    door.beforeLogin(from);
    Door open = door(new Rate(0, 1), new Rate(0, 1), new Rate(0, 1), new Rate(0, 1_000_000));
    for (int i = 0; i < 100; i++) {
      open.expiredLogin(from);
      open.beforeLogin(from);
    }
  }

  @Test
  void noRateIsNoLimit() {
    Door door = new Door(Door.Rates.NONE, clock, Meters.NONE);
    for (int i = 0; i < 10_000; i++) {
      assertDoesNotThrow(() -> door.login(claims("app", "alice")));
    }
  }

  @Test
  void memoryIsBoundedAndTheOneWhoFloodsIsRememberedLongest() {
    Buckets<Integer> buckets = new Buckets<>(new Rate(1, 2), 100);
    buckets.take(-1, nanos);
    buckets.take(-1, nanos);
    for (int i = 0; i < 10_000; i++) {
      buckets.take(i, nanos);
      assertTrue(buckets.take(-1, nanos) > 0, "whoever keeps coming is not forgotten");
    }
    assertEquals(100, buckets.keys());
  }
}
