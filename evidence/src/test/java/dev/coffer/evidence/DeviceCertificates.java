package dev.coffer.evidence;

import dev.coffer.attestation.NotAttested;
import dev.coffer.attestation.TpmEvidence;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.HsmIdentity;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;

/**
 * A vendor of tests, its root, and what it signs: certificates and lists of revoked ones in DER.
 */
final class DeviceCertificates {
  private static final Bytes ED25519 = tlv(0x30, Bytes.fromHex("06032b6570"));
  private static final String P256 = "06082a8648ce3d030107";
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  /** As late as a UTCTime goes, nearly. */
  static final Instant LATE = Instant.parse("2049-01-01T00:00:00Z");

  static final Instant EARLY = Instant.parse("2020-01-01T00:00:00Z");

  static final DeviceCertificates VENDOR = new DeviceCertificates("Vendor", 7);

  private final String name;
  private final SecretBytes seed;

  DeviceCertificates(String name, int number) {
    this.name = name;
    this.seed = SecretBytes.wrap(Bytes.fromHex("%02x".formatted(number).repeat(32)).toByteArray());
  }

  /** Of the device that quoted for {@code hsm}, or of some other if none did. */
  static Bytes deviceOf(HsmIdentity hsm) {
    try {
      Bytes p256 = tlv(0x30, Bytes.fromHex("06072a8648ce3d0201"), Bytes.fromHex(P256));
      Bytes point = Bytes.fromHex("0004").concat(TpmEvidence.verify(hsm).key());
      return tlv(0x30, p256, tlv(0x03, point));
    } catch (NotAttested e) {
      return ed25519(Bytes.fromHex("09".repeat(32)));
    }
  }

  private static Bytes ed25519(Bytes key) {
    return tlv(0x30, ED25519, tlv(0x03, Bytes.zeros(1), key));
  }

  /** Of a device's key, and the root: a chain in PEM. */
  String chain(int serial, Bytes device, Instant until) {
    return certificate(serial, "device " + serial, device, until, false) + root();
  }

  String root() {
    return certificate(1, name, ed25519(Ed25519.publicKey(seed)), LATE, true);
  }

  /** A list that names one, in PEM. */
  String revoking(int serial, Instant next) {
    return pem("X509 CRL", signed(list(serial, next)));
  }

  /** The same as a list of what changed since list 1, or as one of devices of others alone. */
  String partly(int serial, Instant next, boolean changes) {
    Bytes critical = Bytes.fromHex("0101ff");
    Bytes extension =
        changes
            ? tlv(0x30, Bytes.fromHex("0603551d1b"), critical, tlv(0x04, integer(1)))
            : tlv(
                0x30,
                Bytes.fromHex("0603551d1c"),
                critical,
                tlv(0x04, tlv(0x30, Bytes.fromHex("8201ff"))));
    return pem("X509 CRL", signed(list(serial, next, tlv(0xa0, tlv(0x30, extension)))));
  }

  private Bytes list(int serial, Instant next, Bytes... extensions) {
    Bytes one = tlv(0x30, integer(serial), time(EARLY));
    Bytes told = integer(1).concat(ED25519).concat(named(name)).concat(time(EARLY));
    told = told.concat(time(next)).concat(tlv(0x30, one));
    for (Bytes extension : extensions) {
      told = told.concat(extension);
    }
    return tlv(0x30, told);
  }

  private String certificate(
      int serial, String subject, Bytes key, Instant until, boolean authority) {
    Bytes constraints = tlv(0x04, authority ? tlv(0x30, Bytes.fromHex("0101ff")) : tlv(0x30));
    Bytes extension = tlv(0x30, Bytes.fromHex("0603551d13"), Bytes.fromHex("0101ff"), constraints);
    Bytes told =
        tlv(
            0x30,
            tlv(0xa0, integer(2)),
            integer(serial),
            ED25519,
            named(name),
            tlv(0x30, time(EARLY), time(until)),
            named(subject),
            key,
            tlv(0xa3, tlv(0x30, extension)));
    return pem("CERTIFICATE", signed(told));
  }

  private Bytes signed(Bytes told) {
    return tlv(0x30, told, ED25519, tlv(0x03, Bytes.zeros(1), Ed25519.sign(seed, told)));
  }

  private static String pem(String kind, Bytes der) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der.toByteArray());
    return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
  }

  private static Bytes named(String common) {
    Bytes text = tlv(0x0c, Bytes.wrap(common.getBytes(StandardCharsets.US_ASCII)));
    return tlv(0x30, tlv(0x31, tlv(0x30, Bytes.fromHex("0603550403"), text)));
  }

  private static Bytes time(Instant at) {
    return tlv(0x17, Bytes.wrap(UTC.format(at).getBytes(StandardCharsets.US_ASCII)));
  }

  private static Bytes integer(int small) {
    return tlv(0x02, Bytes.fromHex("%02x".formatted(small)));
  }

  private static Bytes tlv(int tag, Bytes... parts) {
    Bytes content = Bytes.EMPTY;
    for (Bytes part : parts) {
      content = content.concat(part);
    }
    int size = content.size();
    String head = size < 128 ? "%02x%02x" : size < 256 ? "%02x81%02x" : "%02x82%04x";
    return Bytes.fromHex(head.formatted(tag, size)).concat(content);
  }
}
