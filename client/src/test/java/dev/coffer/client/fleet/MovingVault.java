package dev.coffer.client.fleet;

import dev.coffer.client.VaultClient;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.OverTheAir;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.verify.ClientFloor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A vault of two fleets, old and new, and the parties that vouch for them. All nodes deliver the
 * newest bundle; time passes as told. Not thread-safe.
 */
public final class MovingVault {
  /** Notary, operator, log, witnesses. */
  public final TransparencyWorld world = new TransparencyWorld();

  /** The first fleet. */
  public final MiniFleet old = new MiniFleet(3, 2, Device.seeded(901));

  /** The one that takes its place. */
  public final MiniFleet young;

  /** What time it is. */
  public long now = TransparencyWorld.START;

  /** What nodes deliver besides the description of their fleet. */
  public BundleDelivery delivered = BundleDelivery.NONE;

  /** A vault whose only bundle lists the old fleet as active. */
  public MovingVault() {
    this(3, 2);
  }

  /** The same; the new fleet is of this size. */
  public MovingVault(int n, int q) {
    young = new MiniFleet(n, q, Device.seeded(902));
    publish(listed(old, FleetState.ACTIVE));
  }

  /** How a bundle lists one of the fleets. */
  public static ListedFleet listed(MiniFleet fleet, FleetState state) {
    return TransparencyWorld.listed(fleet.fleet(), state);
  }

  /** Notary and operator sign, the log logs, witnesses cosign, nodes deliver. */
  public void publish(ListedFleet... fleets) {
    world.publish(world.next(now, fleets));
    refresh();
  }

  /** Both fleets, in these states. */
  public void publish(FleetState ofOld, FleetState ofYoung) {
    publish(listed(old, ofOld), listed(young, ofYoung));
  }

  /** Witnesses cosign once more. */
  public void refresh() {
    delivered = world.delivery(now);
  }

  /** Days pass, in which witnesses go on cosigning. */
  public void days(int count) {
    now += count * TransparencyWorld.DAY;
    refresh();
  }

  /** Announces the new fleet, and a week later opens it and retires the old one. */
  public void replaceFleet() {
    publish(FleetState.ACTIVE, FleetState.ANNOUNCED);
    days(7);
    publish(FleetState.RETIRING, FleetState.ACTIVE);
  }

  /** A device that trusts over the air. */
  public final class Phone {
    /** All that it keeps. */
    public final MapMemory memory = new MapMemory();

    /** What decides since the last start. */
    public OverTheAir trust;

    /** To the nodes of the old fleet, which the app knows. */
    public final MiniTransport toOld = way(old);

    /** To the nodes of the new one, which the old ones tell. */
    public final MiniTransport toYoung = way(young);

    /** Where the app's own addresses lead. */
    public MiniTransport known = toOld;

    /** What the app accepts. */
    public ClientFloor floor = ClientFloor.DEVELOPMENT;

    private final Device device = new Device(old, Device.seeded(903));
    private final List<Duration> pauses = new ArrayList<>();

    /** A new one. */
    public Phone() {
      toOld.others.put(young.fleet().id(), toYoung);
      toYoung.others.put(old.fleet().id(), toOld);
    }

    private MiniTransport way(MiniFleet fleet) {
      MiniTransport way = new MiniTransport(fleet);
      way.address = Optional.of("nodes of " + fleet.fleet().id().value().hex());
      way.tamperBundle = delivery -> with(delivery, delivered);
      return way;
    }

    /** The app after its start. */
    public VaultClient start() {
      ClientPolicy policy =
          new ClientPolicy(floor, Device.POLICY.guessLimit(), Device.POLICY.ksf());
      trust = new OverTheAir(world.policy(), policy, memory, () -> now);
      return new VaultClient(trust, known, device.login(), memory, device.randomness, pauses::add);
    }
  }

  /** A delivery that holds another bundle. */
  public static FleetDelivery with(FleetDelivery delivery, BundleDelivery bundle) {
    return new FleetDelivery(
        bundle.note(),
        bundle.proof(),
        bundle.policies(),
        delivery.fleet(),
        delivery.certificates());
  }

  /** The bundle with another note. */
  public BundleDelivery withNote(Bytes note) {
    return new BundleDelivery(note, delivered.proof(), delivered.policies());
  }
}
