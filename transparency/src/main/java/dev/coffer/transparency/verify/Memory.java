package dev.coffer.transparency.verify;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.PolicyChain;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a device has seen of a namespace: enough to notice that time was turned back or that it is
 * shown another history than before. It holds no secret, but whoever can write it can make the
 * device forget: keep it where the app keeps what it has seen of a fleet's chain. Immutable.
 *
 * @param epoch of the newest bundle
 * @param leaf its leaf hash
 * @param origin of its log
 * @param size of the log
 * @param root of the log at that size
 * @param quorumTime of that checkpoint
 * @param policy newest trust policy
 * @param fleets every fleet ever listed
 */
public record Memory(
    long epoch,
    Bytes leaf,
    String origin,
    long size,
    Bytes root,
    long quorumTime,
    PolicyChain.Seen policy,
    Map<FleetId, Fleet> fleets) {
  /** A new device. */
  public static final Memory EMPTY =
      new Memory(
          0,
          Bytes.zeros(Limits.DIGEST),
          "",
          0,
          Bytes.zeros(Limits.DIGEST),
          0,
          new PolicyChain.Seen(0, Bytes.zeros(Limits.DIGEST)),
          Map.of());

  static final int FLEETS_MAX = 256;
  private static final int ORIGIN_MAX = 1024;
  private static final int VERSION = 1;

  /**
   * What was seen of a fleet.
   *
   * @param state the last one; {@link FleetState#REVOKED} for one that is no longer listed
   * @param absentUntil the newest quorum time at which it was not listed yet; 0 if this device
   *     never saw that
   */
  public record Fleet(FleetState state, long absentUntil) {}

  public Memory {
    fleets = Map.copyOf(fleets);
  }

  /** Whether nothing was ever seen. */
  public boolean isEmpty() {
    return epoch == 0;
  }

  /** The canonical encoding. */
  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).u64(epoch).raw(leaf).string(origin);
    out.u64(size).raw(root).u64(quorumTime).u64(policy.version()).raw(policy.hash());
    Map<Bytes, Fleet> sorted = new TreeMap<>();
    fleets.forEach((id, fleet) -> sorted.put(id.value(), fleet));
    out.u16(sorted.size());
    sorted.forEach((id, fleet) -> out.raw(id).u8(fleet.state().ordinal()).u64(fleet.absentUntil()));
    return out.toBytes();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws Refused if it is damaged; going on with {@link #EMPTY} means to forget, which only the
   *     user may decide
   */
  public static Memory decode(Bytes encoded) throws Refused {
    try {
      CanonicalReader in = new CanonicalReader(encoded);
      in.number(VERSION, VERSION, in.u8(), "version");
      long epoch = in.u64();
      Bytes leaf = in.raw(Limits.DIGEST);
      String origin = in.text(ORIGIN_MAX, "origin");
      long size = in.u64();
      Bytes root = in.raw(Limits.DIGEST);
      long quorumTime = in.u64();
      PolicyChain.Seen policy = new PolicyChain.Seen(in.u64(), in.raw(Limits.DIGEST));
      Map<FleetId, Fleet> fleets = new HashMap<>();
      for (int left = in.number(0, FLEETS_MAX, in.u16(), "fleets"); left > 0; left--) {
        FleetId id = new FleetId(in.raw(Limits.DIGEST));
        FleetState[] states = FleetState.values();
        FleetState state = states[in.number(0, states.length - 1, in.u8(), "state")];
        fleets.put(id, new Fleet(state, in.u64()));
      }
      in.end();
      Memory memory = new Memory(epoch, leaf, origin, size, root, quorumTime, policy, fleets);
      if (!memory.encode().equals(encoded)) {
        throw new Refused(RefusalCode.NOT_CANONICAL, "memory");
      }
      return memory;
    } catch (Rejected e) {
      throw new Refused(RefusalCode.MALFORMED, "memory");
    }
  }
}
