package dev.coffer.protocol.chain;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.FleetId;

/**
 * What an HSM states about one entry of one partition's chain (PROTOCOL.md §5.1).
 *
 * @param k the number of the entry, from 1; 0 is the founding
 * @param head head_k, 32 octets; zeros at the founding
 * @param root the Merkle root over all records after entry k, 32 octets; zeros while there is none
 * @param outcomesRoot the Merkle root over the entry's outcome leaves, 32 octets; zeros where there
 *     is none
 */
public record ChainValues(
    FleetId fleetId, int partition, long k, Bytes head, Bytes root, Bytes outcomesRoot) {
  /** The values before the first entry. */
  public static ChainValues founding(FleetId fleetId, int partition) {
    Bytes zeros = Bytes.zeros(Limits.DIGEST);
    return new ChainValues(fleetId, partition, 0, zeros, zeros, zeros);
  }

  /** H(entry), 32 octets: what nodes keep of every entry for ever. */
  public static Bytes entryHash(Bytes entry) {
    return Hashes.sha256(Label.ENTRY.tuple().field(entry));
  }

  /** head_{k+1} from this head and H(entry_{k+1}). */
  public Bytes nextHead(Bytes entryHash) {
    return Hashes.sha256(
        Label.CHAIN_HEAD
            .tuple()
            .field(fleetId.value())
            .field(partition)
            .field(k + 1)
            .field(head)
            .field(entryHash));
  }

  /** The octets an HSM signs. */
  public Bytes statementText() {
    return Label.STATEMENT
        .tuple()
        .field(fleetId.value())
        .field(partition)
        .field(k)
        .field(head)
        .field(root)
        .field(outcomesRoot)
        .toBytes();
  }

  /** Appends 138 octets. */
  public void write(CanonicalWriter out) {
    out.raw(fleetId.value()).u16(partition).u64(k).raw(head).raw(root).raw(outcomesRoot);
  }

  /** Reads what {@link #write} wrote. */
  public static ChainValues read(CanonicalReader in) throws Rejected {
    FleetId fleetId = new FleetId(in.raw(Limits.DIGEST));
    int partition = in.number(0, Limits.PARTITIONS_MAX - 1, in.u16(), "partition");
    long k = in.u64();
    return new ChainValues(
        fleetId, partition, k, in.raw(Limits.DIGEST), in.raw(Limits.DIGEST), in.raw(Limits.DIGEST));
  }
}
