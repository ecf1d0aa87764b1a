package dev.coffer.protocol.fleet;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Hashes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The public description of a fleet: its frozen settings and the identities of HSM 1 … n. Its hash
 * is the {@link FleetId}, which is what an app pins. Immutable and thread-safe.
 */
public final class Fleet {
  private final FleetSettings settings;
  private final List<HsmIdentity> hsms;
  private final FleetId id;

  private Fleet(FleetSettings settings, List<HsmIdentity> hsms) {
    this.settings = settings;
    this.hsms = List.copyOf(hsms);
    this.id = new FleetId(Hashes.sha256(Label.FLEET_ID.tuple().field(encode())));
  }

  /** The fleet of these members; rejects a wrong number of HSMs and any key that occurs twice. */
  public static Fleet of(FleetSettings settings, List<HsmIdentity> hsms) throws Rejected {
    if (hsms.size() != settings.validate().n()) {
      throw new Rejected(RejectionCode.BAD_FOUNDING, "number of HSMs");
    }
    Set<Bytes> keys = new HashSet<>();
    for (HsmIdentity hsm : hsms) {
      if (!keys.add(hsm.statementKey()) || !keys.add(hsm.sessionKey())) {
        throw new Rejected(RejectionCode.BAD_FOUNDING, "one key twice");
      }
    }
    return new Fleet(settings, hsms);
  }

  public FleetId id() {
    return id;
  }

  public FleetSettings settings() {
    return settings;
  }

  /** All identities; HSM i stands at i−1. */
  public List<HsmIdentity> hsms() {
    return hsms;
  }

  /** HSM {@code index}, 1 to n. */
  public HsmIdentity hsm(int index) {
    Invariant.check(index >= 1 && index <= hsms.size(), "HSM index");
    return hsms.get(index - 1);
  }

  /** The canonical encoding. */
  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    settings.write(out);
    out.u8(hsms.size());
    hsms.forEach(hsm -> hsm.write(out));
    return out.toBytes();
  }

  /** Decodes and validates. The caller compares {@link #id} with the one it trusts. */
  public static Fleet decode(Bytes encoded) throws Rejected {
    CanonicalReader in = new CanonicalReader(encoded);
    FleetSettings settings = FleetSettings.read(in);
    int count = in.number(settings.n(), settings.n(), in.u8(), "number of HSMs");
    List<HsmIdentity> hsms = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      hsms.add(HsmIdentity.read(in));
    }
    in.end();
    return of(settings, hsms);
  }
}
