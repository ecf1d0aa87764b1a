package dev.coffer.protocol.fleet;

import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is frozen at the founding (PROTOCOL.md §2). Construction does not validate; {@link
 * #validate} and decoding do.
 *
 * @param n HSMs: 3, 5 or 7
 * @param q capture quorum, t to n
 * @param guessLimitMax the largest limit a registration may ask for, 1 to 10
 * @param partitions 1 to 1,024
 * @param tenants 1 to 64, sorted by name, distinct
 * @param replaceByLogin whether login alone may replace a registration
 * @param deleteByLogin whether login alone may delete one
 */
public record FleetSettings(
    int n,
    int q,
    int guessLimitMax,
    int partitions,
    List<TenantIssuer> tenants,
    boolean replaceByLogin,
    boolean deleteByLogin) {
  public FleetSettings {
    tenants = List.copyOf(tenants);
  }

  /** t = ⌊n/2⌋+1. */
  public int t() {
    return n / 2 + 1;
  }

  /** The root key of a tenant. */
  public Optional<TenantIssuer> tenant(String name) {
    return tenants.stream().filter(t -> t.tenant().equals(name)).findFirst();
  }

  /** Returns this, or says which setting is out of range. */
  public FleetSettings validate() throws Rejected {
    boolean sizes = (n == 3 || n == 5 || n == 7) && q >= t() && q <= n;
    boolean limits = guessLimitMax >= 1 && guessLimitMax <= Limits.GUESSES_MAX;
    boolean counts =
        partitions >= 1
            && partitions <= Limits.PARTITIONS_MAX
            && !tenants.isEmpty()
            && tenants.size() <= Limits.TENANTS_MAX;
    if (!sizes || !limits || !counts) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, "fleet settings");
    }
    for (int i = 0; i < tenants.size(); i++) {
      if (tenants.get(i).rootKey().size() != Limits.DIGEST || tenants.get(i).tenant().isEmpty()) {
        throw new Rejected(RejectionCode.OUT_OF_RANGE, "tenant");
      }
      if (i > 0 && tenants.get(i - 1).tenant().compareTo(tenants.get(i).tenant()) >= 0) {
        throw new Rejected(RejectionCode.NOT_CANONICAL, "tenants are sorted and distinct");
      }
    }
    return this;
  }

  /** Appends the canonical encoding. */
  public void write(CanonicalWriter out) {
    out.u8(n).u8(t()).u8(q).u8(guessLimitMax).u16(partitions).u8(tenants.size());
    for (TenantIssuer tenant : tenants) {
      out.string(tenant.tenant()).raw(tenant.rootKey());
    }
    out.bool(replaceByLogin).bool(deleteByLogin);
  }

  /** Reads and validates. */
  public static FleetSettings read(CanonicalReader in) throws Rejected {
    int n = in.u8();
    int t = in.u8();
    int q = in.u8();
    int guesses = in.u8();
    int partitions = in.u16();
    int count = in.number(1, Limits.TENANTS_MAX, in.u8(), "tenants");
    List<TenantIssuer> tenants = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tenants.add(new TenantIssuer(in.text(Limits.TENANT_MAX, "tenant"), in.raw(Limits.DIGEST)));
    }
    FleetSettings settings =
        new FleetSettings(n, q, guesses, partitions, tenants, in.bool(), in.bool()).validate();
    in.number(settings.t(), settings.t(), t, "threshold");
    return settings;
  }
}
