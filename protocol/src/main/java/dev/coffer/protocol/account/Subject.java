package dev.coffer.protocol.account;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.FleetId;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Whose record: (fleetId, tenant, account, slot). Enters every key derivation and proof, so nothing
 * made for one subject works for another.
 *
 * @param tenant 1 to 32 octets of UTF-8
 * @param account 1 to 64 octets of UTF-8, the {@code sub} of the login
 * @param slot one of {@link #SLOTS}
 */
public record Subject(FleetId fleetId, String tenant, String account, String slot) {
  /**
   * Every slot there is. Few, so that whoever has a login makes nine records at most, and so that a
   * user can be shown them all: one under a name of a thief's choosing would be overlooked.
   */
  public static final List<String> SLOTS =
      List.of(
          "code",
          "passkey-1",
          "passkey-2",
          "passkey-3",
          "passkey-4",
          "passkey-5",
          "passkey-6",
          "passkey-7",
          "passkey-8");

  public Subject {
    Invariant.check(fits(tenant, Limits.TENANT_MAX), "tenant has 1 to 32 octets");
    Invariant.check(fits(account, Limits.ACCOUNT_MAX), "account has 1 to 64 octets");
    Invariant.check(SLOTS.contains(slot), "slot is code or passkey-1 to passkey-8");
  }

  private static boolean fits(String text, int max) {
    int size = text.getBytes(StandardCharsets.UTF_8).length;
    return size >= 1 && size <= max;
  }

  /** The canonical encoding. */
  public Bytes encode() {
    return new CanonicalWriter()
        .raw(fleetId.value())
        .string(tenant)
        .string(account)
        .string(slot)
        .toBytes();
  }

  /** Reads {@link #encode} as part of a larger encoding. */
  public static Subject read(CanonicalReader in) throws Rejected {
    FleetId fleetId = new FleetId(in.raw(Limits.DIGEST));
    String tenant = in.text(Limits.TENANT_MAX, "tenant");
    String account = in.text(Limits.ACCOUNT_MAX, "account");
    String slot = in.text(Limits.SLOT_MAX, "slot");
    if (tenant.isEmpty() || account.isEmpty() || !SLOTS.contains(slot)) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, "subject");
    }
    return new Subject(fleetId, tenant, account, slot);
  }

  /** The partition this subject belongs to: a public function, 0 to {@code partitions}−1. */
  public int partition(int partitions) {
    Bytes hash = Hashes.sha256(Label.PARTITION.tuple().field(encode()));
    long first = 0;
    for (int i = 0; i < 7; i++) {
      first = first << 8 | hash.at(i);
    }
    return (int) (first % partitions);
  }
}
