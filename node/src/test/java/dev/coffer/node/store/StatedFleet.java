package dev.coffer.node.store;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.TenantIssuer;
import java.util.ArrayList;
import java.util.List;

/** A fleet of three whose statement keys are known, so that anything can be stated. */
public final class StatedFleet {
  /** n = 3, q = 2, one partition. */
  public static final Fleet FLEET = fleet();

  private StatedFleet() {}

  private static SecretBytes seed(int index) {
    byte[] seed = new byte[Ed25519.SEED];
    seed[0] = (byte) index;
    return SecretBytes.wrap(seed);
  }

  private static Bytes key(int first, int second) {
    byte[] key = new byte[Limits.DIGEST];
    key[0] = (byte) first;
    key[1] = (byte) second;
    return Bytes.wrap(key);
  }

  private static Fleet fleet() {
    List<HsmIdentity> hsms = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      hsms.add(
          new HsmIdentity(
              Ed25519.publicKey(seed(i)),
              key(i, 77),
              "SIMULATED",
              Bytes.zeros(Limits.DIGEST),
              Bytes.EMPTY));
    }
    List<TenantIssuer> tenants = List.of(new TenantIssuer("app", key(9, 0)));
    try {
      return Fleet.of(new FleetSettings(3, 2, 10, 1, tenants, true, false), hsms);
    } catch (Rejected e) {
      throw new AssertionError(e);
    }
  }

  /** What HSM {@code index} states. */
  public static Statement statement(ChainValues values, int index) {
    return Statement.sign(values, index, seed(index));
  }

  /** q statements over {@code values}. */
  public static Certificate certificate(ChainValues values) {
    return Certificate.of(List.of(statement(values, 1), statement(values, 3)));
  }
}
