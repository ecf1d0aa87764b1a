package dev.coffer.node.core;

import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Peers;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.TenantIssuer;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.port.HsmPort;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Five HSMs' keys, a clock that a test turns, and peers that note what they are told. */
public final class CoreSamples {
  static final int N = 5;
  static final int Q = 3;

  final List<SecretBytes> seeds = IntStream.rangeClosed(1, N).mapToObj(CoreSamples::seed).toList();
  public final Fleet fleet = fleet();
  final List<String> told = new ArrayList<>();
  final List<String> events = new ArrayList<>();
  int unreachable;
  boolean mayOrder = true;
  long nanos = 1_000_000_000L;

  private static SecretBytes seed(int i) {
    byte[] seed = new byte[32];
    seed[5] = (byte) i;
    return SecretBytes.wrap(seed);
  }

  private Fleet fleet() {
    List<HsmIdentity> identities = new ArrayList<>();
    for (SecretBytes seed : seeds) {
      identities.add(
          new HsmIdentity(
              Ed25519.publicKey(seed),
              X25519.publicKey(seed),
              "SIMULATED",
              Bytes.zeros(32),
              Bytes.EMPTY));
    }
    TenantIssuer tenant = new TenantIssuer("app", Bytes.zeros(32));
    try {
      return Fleet.of(new FleetSettings(N, Q, 10, 1, List.of(tenant), true, false), identities);
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  final NodeClock clock =
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

  private final Peers peers =
      new Peers() {
        @Override
        public Bytes ask(int node, PeerMethod method, Bytes body, Duration deadline)
            throws Refusal {
          throw new Refusal(Refusal.Reason.UNREACHABLE, "nobody is there");
        }

        @Override
        public boolean tell(int node, PeerMethod method, Bytes body) {
          told.add(method + " to " + node);
          return true;
        }

        @Override
        public boolean reachable(int node) {
          return (unreachable >>> node & 1) == 0;
        }
      };

  /** Node {@code self}, whose HSM is away. */
  NodeContext context(int self) {
    HsmPort none =
        (HsmPort)
            Proxy.newProxyInstance(
                HsmPort.class.getClassLoader(),
                new Class<?>[] {HsmPort.class},
                (proxy, method, arguments) -> {
                  throw new HsmUnavailable("it is not running");
                });
    Meters meters =
        (Meters)
            Proxy.newProxyInstance(
                Meters.class.getClassLoader(),
                new Class<?>[] {Meters.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("event")) {
                    events.add((String) arguments[0]);
                  }
                  return null;
                });
    return context(self, none, meters);
  }

  private NodeContext context(int self, HsmPort hsm, Meters meters) {
    return new NodeContext(
        self,
        fleet,
        hsm,
        peers,
        null,
        List.of(),
        token -> {},
        clock,
        meters,
        Randomness.system(),
        NodeThreads.system(),
        () -> mayOrder,
        certificates -> null,
        (what, cause) -> events.add("broken " + what));
  }

  void passMillis(long millis) {
    nanos += millis * 1_000_000;
  }

  /** Values at {@code k}, of another history for another {@code tag}. */
  public ChainValues values(long k, int tag) {
    Bytes head = Bytes.wrap(new byte[] {(byte) k, (byte) tag}).concat(Bytes.zeros(30));
    return new ChainValues(fleet.id(), 0, k, head, head, head);
  }

  Statement statement(int index, ChainValues values) {
    return Statement.sign(values, index, seeds.get(index - 1));
  }

  /** A quorum's certificate. */
  public Certificate certificate(ChainValues values) {
    return Certificate.of(IntStream.rangeClosed(1, Q).mapToObj(i -> statement(i, values)).toList());
  }

  SealedReply sealedReply(int index) {
    return new SealedReply(index, Bytes.zeros(32), Bytes.zeros(656));
  }
}
