package dev.coffer.hsm.harness;

import dev.coffer.hsm.HsmCore;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.port.FoundingPort;
import dev.coffer.protocol.port.HsmCaller;
import dev.coffer.protocol.port.HsmPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** n HSMs, founded together, one partition, with a host each. */
public final class TestFleet {
  private final Fleet fleet;
  private final List<TestHost> hosts;
  private final TestIssuer issuer;

  private TestFleet(Fleet fleet, List<TestHost> hosts, TestIssuer issuer) {
    this.fleet = fleet;
    this.hosts = hosts;
    this.issuer = issuer;
  }

  /** What the fleet answered for one entry. */
  public record Ordered(
      Bytes entry,
      Certificate certificate,
      List<Bytes> leaves,
      List<List<HsmPort.PositionedReply>> replies) {
    /** The replies to one operation. */
    public List<SealedReply> to(int position) {
      return replies.stream()
          .flatMap(List::stream)
          .filter(reply -> reply.position() == position)
          .map(HsmPort.PositionedReply::reply)
          .toList();
    }
  }

  /** Five HSMs, q = 3, that speak. */
  public static TestFleet founded() {
    return founded(5, 3);
  }

  /** {@code n} HSMs that speak. */
  public static TestFleet founded(int n, int q) {
    TestIssuer issuer = new TestIssuer(7);
    return founded(new FleetSettings(n, q, 10, 1, List.of(issuer.tenant()), true, false), issuer);
  }

  /** A fleet of these settings that speaks. */
  public static TestFleet founded(FleetSettings settings, TestIssuer issuer) {
    try {
      TestFleet fleet = silent(settings, issuer);
      fleet.introduce();
      return fleet;
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  /** A fleet of these settings whose HSMs have not heard each other yet. */
  public static TestFleet silent(FleetSettings settings, TestIssuer issuer) throws Rejected {
    List<MemoryPlatform> platforms =
        IntStream.rangeClosed(1, settings.n()).mapToObj(i -> new MemoryPlatform(1000 + i)).toList();
    List<HsmCore> cores = platforms.stream().map(HsmCore::new).toList();
    Fleet fleet = found(settings, cores);
    List<TestHost> hosts = new ArrayList<>();
    for (int i = 0; i < cores.size(); i++) {
      hosts.add(new TestHost(i + 1, platforms.get(i), cores.get(i), 0));
    }
    return new TestFleet(fleet, hosts, issuer);
  }

  /** A fleet that speaks, whose first HSM runs elsewhere and whose others say they are like it. */
  public static TestFleet around(HsmCaller first, int n, int q) throws Rejected {
    TestIssuer issuer = new TestIssuer(7);
    HsmIdentity like = first.identify();
    List<FoundingPort> founding = new ArrayList<>(List.of(first));
    List<TestHost> hosts = new ArrayList<>();
    hosts.add(new TestHost(1, new MemoryPlatform(1001), first, 0));
    for (int index = 2; index <= n; index++) {
      MemoryPlatform platform =
          new MemoryPlatform(1000 + index).attesting(like.model(), like.measurement());
      HsmCore core = new HsmCore(platform);
      founding.add(core.founding());
      hosts.add(new TestHost(index, platform, core, 0));
    }
    FleetSettings settings = new FleetSettings(n, q, 10, 1, List.of(issuer.tenant()), true, false);
    TestFleet fleet = new TestFleet(foundThrough(settings, founding), hosts, issuer);
    fleet.introduce();
    return fleet;
  }

  /** Runs the founding as an honest coordinator does. */
  public static Fleet found(FleetSettings settings, List<HsmCore> cores) throws Rejected {
    return foundThrough(settings, cores.stream().map(HsmCore::founding).toList());
  }

  private static Fleet foundThrough(FleetSettings settings, List<FoundingPort> all)
      throws Rejected {
    List<HsmIdentity> identities = new ArrayList<>();
    for (FoundingPort each : all) {
      identities.add(each.identify());
    }
    Fleet fleet = Fleet.of(settings, identities);
    List<FoundingPort.Commitments> commitments = new ArrayList<>();
    for (FoundingPort each : all) {
      commitments.add(each.propose(fleet));
    }
    List<FoundingPort.Reveal> reveals = new ArrayList<>();
    for (FoundingPort each : all) {
      reveals.addAll(each.reveal(commitments));
    }
    for (int i = 0; i < all.size(); i++) {
      int index = i + 1;
      all.get(i).complete(reveals.stream().filter(r -> r.to() == index).toList());
    }
    return fleet;
  }

  /** Lets all HSMs hear all others. */
  public void introduce() throws Rejected {
    for (TestHost host : hosts) {
      host.hear(hosts.stream().filter(other -> other != host).toList());
    }
  }

  /** The public description. */
  public Fleet fleet() {
    return fleet;
  }

  /** Who logs people in. */
  public TestIssuer issuer() {
    return issuer;
  }

  /** Host {@code index}, from 1. */
  public TestHost host(int index) {
    return hosts.get(index - 1);
  }

  /** All hosts. */
  public List<TestHost> hosts() {
    return hosts;
  }

  /** Those hosts. */
  public List<TestHost> hosts(int... indices) {
    return IntStream.of(indices).mapToObj(this::host).toList();
  }

  /** Orders {@code items} as the next entry of all HSMs, certifies and releases. */
  public Ordered order(Entry.Item... items) throws Rejected {
    return order(hosts, new Entry(List.of(items)).encode());
  }

  /** Orders raw octets as the next entry of {@code live} HSMs, certifies and releases. */
  public Ordered order(List<TestHost> live, Bytes entry) throws Rejected {
    long k = live.getFirst().k() + 1;
    List<Statement> statements = new ArrayList<>();
    List<Bytes> leaves = List.of();
    for (TestHost host : live) {
      HsmPort.Capture capture = host.capture(k, entry);
      capture.statement().ifPresent(statements::add);
      leaves = capture.leaves();
    }
    Certificate certificate = Certificate.of(statements);
    certificate.verify(fleet);
    List<Integer> all = IntStream.range(0, leaves.size()).boxed().toList();
    List<List<HsmPort.PositionedReply>> replies = new ArrayList<>();
    for (TestHost host : live) {
      replies.add(host.port().release(certificate, all));
    }
    return new Ordered(entry, certificate, leaves, replies);
  }

  /** Orders an entry that nobody asked anything with: it moves k on. */
  public Certificate tick() throws Rejected {
    return order(hosts, Bytes.copyOf(new byte[] {0})).certificate();
  }

  /** The newest k of host 1. */
  public long k() {
    try {
      return host(1).k();
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  /** The admitted item of a message through HSM {@code index}. */
  public Optional<Entry.Item> tryAdmit(
      int index, dev.coffer.protocol.request.SealedMessage message) {
    try {
      HsmPort.Admission admission = host(index).port().admit(message);
      return Optional.of(new Entry.Item(admission.treeKey(), index, admission.operation()));
    } catch (Rejected e) {
      return Optional.empty();
    }
  }
}
