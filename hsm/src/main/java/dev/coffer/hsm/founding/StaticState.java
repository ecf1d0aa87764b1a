package dev.coffer.hsm.founding;

import dev.coffer.hsm.seal.FleetKeys;
import dev.coffer.hsm.seal.Member;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.port.FoundingPort.TranscriptSignature;
import java.util.Optional;

/**
 * What an HSM keeps for life, sealed by its platform: its identity, and once founded its fleet.
 * Never changes after the founding.
 */
record StaticState(OwnIdentity identity, Optional<Founded> founded) {
  /**
   * Counts with the format of account records: all HSMs of a fleet write the same one from its
   * founding on, and a program that writes another does not start on its state.
   */
  private static final int VERSION = 2;

  /** Membership, and the signature that completed it, for whoever asks again. */
  record Founded(Fleet fleet, int index, FleetKeys keys, TranscriptSignature signature) {}

  /** The encoding, which the caller erases. */
  byte[] encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION);
    identity.statementSeed().write(out);
    identity.sessionKey().write(out);
    out.option(
        founded,
        f -> {
          out.field(f.fleet().encode()).u8(f.index());
          out.raw(f.signature().transcriptHash()).raw(f.signature().signature());
          f.keys().write(out);
        });
    byte[] encoded = out.toByteArray();
    out.wipe();
    return encoded;
  }

  /** Reads what {@link #encode} wrote. */
  static StaticState read(CanonicalReader in) throws Rejected {
    in.number(VERSION, VERSION, in.u8(), "state version");
    OwnIdentity identity =
        new OwnIdentity(SecretBytes.read(in, Limits.DIGEST), SecretBytes.read(in, Limits.DIGEST));
    Optional<Founded> founded = in.option(() -> readFounded(in));
    in.end();
    return new StaticState(identity, founded);
  }

  private static Founded readFounded(CanonicalReader in) throws Rejected {
    Fleet fleet = Fleet.decode(in.field(Limits.FRAME_MAX, "fleet"));
    int index = in.number(1, fleet.settings().n(), in.u8(), "index");
    FleetId fleetId = fleet.id();
    TranscriptSignature signature =
        new TranscriptSignature(index, fleetId, in.raw(Limits.DIGEST), in.raw(Limits.SIGNATURE));
    return new Founded(fleet, index, FleetKeys.read(in), signature);
  }

  /** The founded member that works from now on. */
  static Member member(OwnIdentity identity, Founded founded, Randomness randomness) {
    return new Member(
        founded.fleet(),
        founded.index(),
        founded.keys(),
        new Ed25519.SigningKey(identity.statementSeed()),
        identity.sessionKey(),
        randomness);
  }

  @Override
  public String toString() {
    return "StaticState[redacted]";
  }
}
