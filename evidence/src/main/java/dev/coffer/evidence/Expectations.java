package dev.coffer.evidence;

import dev.coffer.attestation.DeviceChain;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.trust.TrustPolicy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an auditor has from elsewhere than the package. Claims that need what is missing here are
 * skipped, and say so.
 *
 * @param signer the Ed25519 key that is to have signed the manifest, 32 octets
 * @param fleet the fleet that a client pins or uses
 * @param image the directory of an HSM image that the auditor built
 * @param bundle what clients are told of fleets
 * @param challenge what the HSMs are asked now
 * @param today when certificates have to count
 */
public record Expectations(
    Optional<Bytes> signer,
    Optional<FleetId> fleet,
    Optional<Path> image,
    Optional<Logged> bundle,
    Optional<Challenge> challenge,
    Optional<Today> today) {
  /** An auditor who has the package alone. */
  public static final Expectations NONE =
      new Expectations(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Without a time. */
  public Expectations(
      Optional<Bytes> signer,
      Optional<FleetId> fleet,
      Optional<Path> image,
      Optional<Logged> bundle,
      Optional<Challenge> challenge) {
    this(signer, fleet, image, bundle, challenge, Optional.empty());
  }

  /** The same at that time. */
  public Expectations on(Today day) {
    return new Expectations(signer, fleet, image, bundle, challenge, Optional.of(day));
  }

  /**
   * A time, and lists of revoked certificates.
   *
   * @param revoked files in PEM (RFC 5280, section 5), beside those of the package
   */
  public record Today(Instant now, List<Bytes> revoked) {
    /** Octets of the longest list that is read. */
    public static final int LIST_MAX = DeviceChain.SIZE_MAX;

    public Today {
      revoked = List.copyOf(revoked);
    }
  }

  /**
   * A bundle as a client gets it.
   *
   * @param anchor the trust policy to start from
   * @param now seconds since 1970
   */
  public record Logged(BundleDelivery delivery, TrustPolicy anchor, long now) {}

  /**
   * A challenge to HSMs that run.
   *
   * @param nonce 32 octets, random and of this audit alone
   */
  public record Challenge(Bytes nonce, Hsms hsms) {}

  /** The way to the HSMs, on which nothing rests. */
  @FunctionalInterface
  public interface Hsms {
    /**
     * What is answered for each of HSMs 1 to {@code hsms}, HSM i's at i−1 (PROTOCOL.md §8.1); empty
     * if nobody answers now.
     */
    List<Optional<Bytes>> statuses(int hsms, Bytes nonce);
  }
}
