package dev.coffer.attestation;

import dev.coffer.attestation.NotAttested.Reason;
import dev.coffer.protocol.codec.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The attestation report of an AMD SEV-SNP machine (AMD 56860, "SEV Secure Nested Paging Firmware
 * ABI", table 23), 1,184 octets, versions 2 and 3, for the processors whose levels are laid out as
 * Milan's and Genoa's are.
 *
 * @param measurement SHA-384 of what the machine started with, 48 octets
 * @param reportData what the machine says besides, 64 octets: a digest over its keys
 * @param hostData what its host said at the start, 32 octets
 * @param chipId the processor, 64 octets
 * @param vmpl the privilege level that asked; 0 is the highest
 */
public record SnpReport(
    Bytes measurement, Bytes reportData, Bytes hostData, Bytes chipId, int vmpl) {
  private static final int SIZE = 1184;
  private static final int SIGNED = 0x2a0;
  private static final int COMPONENT = 72;
  private static final int COORDINATE = 48;
  private static final int ECDSA_P384 = 1;
  private static final long DEBUG = 1L << 19;
  private static final String EXTENSION = "1.3.6.1.4.1.3704.1.";

  /**
   * Reads a report and verifies it.
   *
   * @param vcek the certificate of the chip's key, ask AMD's that signed it, ark AMD's root for
   *     that processor, which the caller pins
   * @param at when it was made, which the report itself does not say
   */
  public static SnpReport verify(
      Bytes report, X509Certificate vcek, X509Certificate ask, X509Certificate ark, Instant at)
      throws NotAttested {
    if (report.size() != SIZE) {
      throw new NotAttested(Reason.MALFORMED);
    }
    ByteBuffer in = ByteBuffer.wrap(report.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    int version = in.getInt(0);
    if (version < 2 || version > 3 || in.getInt(0x34) != ECDSA_P384) {
      throw new NotAttested(Reason.MALFORMED);
    }
    Chains.verify(List.of(vcek, ask), ark, at);
    Bytes signature = coordinate(report, SIGNED).concat(coordinate(report, SIGNED + COMPONENT));
    Chains.verify(
        "SHA384withECDSAinP1363Format", vcek.getPublicKey(), report.slice(0, SIGNED), signature);
    Bytes chip = report.slice(0x1a0, 0x1e0);
    if (!chip.equals(extension(vcek, "4").orElse(Bytes.EMPTY)) || !sameLevels(report, vcek)) {
      throw new NotAttested(Reason.ABOUT_ANOTHER);
    }
    if ((in.getLong(8) & DEBUG) != 0) {
      throw new NotAttested(Reason.DEBUG);
    }
    return new SnpReport(
        report.slice(0x90, 0xc0),
        report.slice(0x50, 0x90),
        report.slice(0xc0, 0xe0),
        chip,
        in.getInt(0x30));
  }

  /** Little-endian there, big-endian here; what does not fit the curve is zero. */
  private static Bytes coordinate(Bytes report, int at) throws NotAttested {
    byte[] octets = new byte[COORDINATE];
    for (int i = 0; i < COMPONENT; i++) {
      int octet = report.at(at + i);
      if (i < COORDINATE) {
        octets[COORDINATE - 1 - i] = (byte) octet;
      } else if (octet != 0) {
        throw new NotAttested(Reason.MALFORMED);
      }
    }
    return Bytes.wrap(octets);
  }

  /** The firmware's levels that the report names are those that the key was made for. */
  private static boolean sameLevels(Bytes report, X509Certificate vcek) {
    Bytes levels = report.slice(0x180, 0x188);
    return level(vcek, "3.1") == levels.at(0)
        && level(vcek, "3.2") == levels.at(1)
        && level(vcek, "3.3") == levels.at(6)
        && level(vcek, "3.8") == levels.at(7);
  }

  /** An INTEGER from 0 to 255; −1 if there is none. */
  private static int level(X509Certificate vcek, String name) {
    Bytes der = extension(vcek, name).orElse(Bytes.EMPTY);
    boolean one = der.size() == 3 && der.at(0) == 2 && der.at(1) == 1;
    boolean two = der.size() == 4 && der.at(0) == 2 && der.at(1) == 2 && der.at(2) == 0;
    return one || two ? der.at(der.size() - 1) : -1;
  }

  /** What stands in the OCTET STRING, shorter than 128 octets, that an extension is. */
  private static Optional<Bytes> extension(X509Certificate vcek, String name) {
    byte[] value = vcek.getExtensionValue(EXTENSION + name);
    if (value == null || value.length < 2 || value[0] != 4 || value[1] != value.length - 2) {
      return Optional.empty();
    }
    return Optional.of(Bytes.copyOf(value, 2, value.length));
  }
}
