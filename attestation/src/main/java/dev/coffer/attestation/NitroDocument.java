package dev.coffer.attestation;

import dev.coffer.attestation.NotAttested.Reason;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.CoseSign1;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The attestation document of an AWS Nitro enclave: COSE_Sign1 (RFC 9052 §4.2) with ES384 over a
 * map, at most 16 KiB. Its leaf certificate lives for hours: what it says is verified for the time
 * it names, and whoever relies on it demands that a log took it in near that time.
 *
 * @param moduleId the enclave's name at its host
 * @param time when it was made, by the host's hypervisor
 * @param pcrs SHA-384 of image, kernel, application and so on, 48 octets each, by number
 * @param path leaf first, without the root
 * @param root the root that it names
 * @param publicKey a key that the enclave wants to be spoken to with
 * @param userData what the enclave says besides
 * @param nonce what it was asked with
 */
public record NitroDocument(
    String moduleId,
    Instant time,
    SortedMap<Integer, Bytes> pcrs,
    List<X509Certificate> path,
    X509Certificate root,
    Optional<Bytes> publicKey,
    Optional<Bytes> userData,
    Optional<Bytes> nonce) {
  private static final int SIZE_MAX = 16 << 10;
  private static final int SIGNATURE = 96;
  private static final int PCR = 48;
  private static final int PCRS_MAX = 32;
  private static final int CERTIFICATES_MAX = 8;

  /** AWS describes 512 and 1,024 octets, and signs more. */
  private static final int WORD_MAX = 8192;

  /** {1: -35}: ES384 and nothing else. */
  private static final Bytes ES384 = Bytes.fromHex("a1013822");

  public NitroDocument {
    pcrs = Collections.unmodifiableSortedMap(new TreeMap<>(pcrs));
    path = List.copyOf(path);
  }

  /**
   * Reads a document and verifies it against {@code trusted} for the time that it names.
   *
   * @param trusted AWS's root, which the caller pins
   */
  public static NitroDocument verify(Bytes document, X509Certificate trusted) throws NotAttested {
    return verify(document, trusted, Optional.empty());
  }

  /** The same for another time than it names: whether its certificates hold then. */
  static NitroDocument verify(Bytes document, X509Certificate trusted, Optional<Instant> at)
      throws NotAttested {
    if (document.size() > SIZE_MAX) {
      throw new NotAttested(Reason.MALFORMED);
    }
    Cbor in = new Cbor(document);
    expect(in.array(4) == 4);
    Bytes header = in.octets(SIZE_MAX);
    expect(header.equals(ES384) && in.map(0) == 0);
    Bytes payload = in.octets(SIZE_MAX);
    Bytes signature = in.octets(SIGNATURE);
    in.end();
    expect(signature.size() == SIGNATURE);
    NitroDocument read = payload(payload);
    if (!read.root.equals(trusted)) {
      throw new NotAttested(Reason.WRONG_ROOT);
    }
    Chains.verify(read.path, trusted, at.orElse(read.time));
    Chains.verify(
        "SHA384withECDSAinP1363Format",
        read.path.getFirst().getPublicKey(),
        CoseSign1.signed(header, payload),
        signature);
    boolean debug = true;
    for (int pcr = 0; pcr < 3; pcr++) {
      debug &= read.pcrs.getOrDefault(pcr, Bytes.EMPTY).equals(Bytes.zeros(PCR));
    }
    if (debug) {
      throw new NotAttested(Reason.DEBUG);
    }
    return read;
  }

  private static void expect(boolean holds) throws NotAttested {
    if (!holds) {
      throw new NotAttested(Reason.MALFORMED);
    }
  }

  /** The nine fields in the order in which they are always written. */
  private static NitroDocument payload(Bytes payload) throws NotAttested {
    Cbor in = new Cbor(payload);
    expect(in.map(9) == 9);
    field(in, "module_id");
    String moduleId = in.text(128);
    field(in, "digest");
    expect(in.text(16).equals("SHA384"));
    field(in, "timestamp");
    Instant time = Instant.ofEpochMilli(in.number());
    field(in, "pcrs");
    SortedMap<Integer, Bytes> pcrs = new TreeMap<>();
    int count = in.map(PCRS_MAX);
    for (int i = 0; i < count; i++) {
      long number = in.number();
      Bytes value = in.octets(PCR);
      expect(number >= 0 && number < PCRS_MAX && value.size() == PCR);
      expect(pcrs.put((int) number, value) == null);
    }
    field(in, "certificate");
    List<X509Certificate> path = new ArrayList<>(List.of(Chains.certificate(in.octets(4096))));
    field(in, "cabundle");
    int authorities = in.array(CERTIFICATES_MAX);
    expect(authorities > 0);
    X509Certificate root = Chains.certificate(in.octets(4096));
    for (int i = 1; i < authorities; i++) {
      path.add(1, Chains.certificate(in.octets(4096)));
    }
    field(in, "public_key");
    Optional<Bytes> publicKey = optional(in, WORD_MAX);
    field(in, "user_data");
    Optional<Bytes> userData = optional(in, WORD_MAX);
    field(in, "nonce");
    Optional<Bytes> nonce = optional(in, WORD_MAX);
    in.end();
    return new NitroDocument(moduleId, time, pcrs, path, root, publicKey, userData, nonce);
  }

  private static void field(Cbor in, String name) throws NotAttested {
    expect(in.text(16).equals(name));
  }

  private static Optional<Bytes> optional(Cbor in, int max) throws NotAttested {
    return in.absent() ? Optional.empty() : Optional.of(in.octets(max));
  }
}
