package dev.coffer.node.door;

import dev.coffer.node.core.Meters;
import dev.coffer.node.core.NodeClock;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.login.LoginClaims;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;

/**
 * Limits how often an address, an account and a tenant may come to this node. Each node counts for
 * itself: a fleet of n lets n times as much in. An account and a tenant count only by a verified
 * login; before that there is the address alone. Keeps at most 16,384 addresses, 8,192 accounts and
 * 1,024 tenants, in memory only. Thread-safe.
 *
 * <p><b>Not guaranteed:</b> that people behind one address (a carrier's translation, a proxy) do
 * not feel each other; and whoever holds somebody's login can use up that account's share.
 */
public final class Door {
  private static final int ADDRESSES_MAX = 16_384;
  private static final int ACCOUNTS_MAX = 8_192;
  private static final int TENANTS_MAX = 1_024;

  /** A TLS handshake takes a node as much as so many requests that it refuses. */
  private static final int HANDSHAKE = 4;

  /** Devices show logins that are over without meaning harm: so many times what is false. */
  private static final int EXPIRED_TIMES = 4;

  /**
   * What may come to one node.
   *
   * @param tenant messages of one tenant
   * @param account messages of one account
   * @param address requests from one address; a new connection counts as four
   * @param badLogins logins from one address that are none; four times as many may be over
   */
  public record Rates(Rate tenant, Rate account, Rate address, Rate badLogins) {
    /** No limit at all. */
    public static final Rates NONE =
        new Rates(new Rate(0, 1), new Rate(0, 1), new Rate(0, 1), new Rate(0, 1));
  }

  private record Account(String tenant, String account) {}

  private final NodeClock clock;
  private final Meters meters;
  private final Buckets<String> tenants;
  private final Buckets<Account> accounts;
  private final Buckets<Origin> addresses;
  private final Buckets<Origin> badLogins;
  private final Buckets<Origin> expiredLogins;

  /** All buckets full. */
  public Door(Rates rates, NodeClock clock, Meters meters) {
    this.clock = clock;
    this.meters = meters;
    this.tenants = new Buckets<>(rates.tenant(), TENANTS_MAX);
    this.accounts = new Buckets<>(rates.account(), ACCOUNTS_MAX);
    this.addresses = new Buckets<>(rates.address(), ADDRESSES_MAX);
    this.badLogins = new Buckets<>(rates.badLogins(), ADDRESSES_MAX);
    this.expiredLogins = new Buckets<>(wider(rates.badLogins()), ADDRESSES_MAX);
  }

  private static Rate wider(Rate rate) {
    return new Rate(
        Math.min(rate.perSecond() * EXPIRED_TIMES, Rate.PER_SECOND_MAX),
        Math.min(rate.burst() * EXPIRED_TIMES, Rate.BURST_MAX));
  }

  /** Whether a new connection from there may be spoken with. */
  public boolean connects(InetAddress from) {
    boolean may = addresses.take(Origin.of(from), HANDSHAKE, clock.nanos()) == 0;
    if (!may) {
      meters.event("limited_connection");
    }
    return may;
  }

  /** A request came from there; refused if too many did. */
  public void request(InetAddress from) throws Refusal {
    Origin origin = Origin.of(from);
    refuse("limited_address", "this address asks", addresses.take(origin, clock.nanos()));
  }

  /** A login is to be verified that came from there; refused if too many were none, or over. */
  public void beforeLogin(InetAddress from) throws Refusal {
    Origin origin = Origin.of(from);
    long now = clock.nanos();
    long wait = Math.max(badLogins.wait(origin, now), expiredLogins.wait(origin, now));
    refuse("limited_logins", "this address shows logins", wait);
  }

  /** A login from there was none. */
  public void badLogin(InetAddress from) {
    long ignored = badLogins.take(Origin.of(from), clock.nanos());
  }

  /** A login from there was one, and is over: clocks differ, but to verify it costs as much. */
  public void expiredLogin(InetAddress from) {
    long ignored = expiredLogins.take(Origin.of(from), clock.nanos());
  }

  /** A message came with that login, which is verified; refused if too many did. */
  public void login(LoginClaims claims) throws Refusal {
    // The account first: what it has too many of does not come out of its tenant's share.
    Account account = new Account(claims.tenant(), claims.account());
    refuse("limited_account", "this account asks", accounts.take(account, clock.nanos()));
    refuse("limited_tenant", "this app asks", tenants.take(claims.tenant(), clock.nanos()));
  }

  private void refuse(String event, String who, long waitNanos) throws Refusal {
    if (waitNanos > 0) {
      meters.event(event);
      // Rounded up: a second too early would be refused again.
      long seconds = TimeUnit.NANOSECONDS.toSeconds(waitNanos - 1) + 1;
      throw new Refusal(Refusal.Reason.LIMITED, who + " too often", (int) Math.min(seconds, 3_600));
    }
  }
}
