package dev.coffer.node.check;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * A stopped HSM's memory, as its own program tells it line by line ({@code coffer-hsm inspect}):
 * chain values and certificates, no secret. What is said is checked against the fleet.
 */
public final class HsmMemory {
  private static final String FIRST = "inspection 1";
  private static final String GONE =
      "Without its memory this HSM never speaks again: run on with the others, and found a new fleet before n − q are"
          + " gone.";

  /** The line that ends an inspection. */
  public static final String LAST = "end";

  /** What an HSM remembers of a partition: newest values last, and its newest certificate. */
  public record Image(List<ChainValues> ring, Optional<Certificate> certificate) {
    public Image {
      ring = List.copyOf(ring);
    }

    /** Where it stands. */
    public ChainValues newest() {
      return ring.getLast();
    }
  }

  private final List<String> lines;

  private HsmMemory(List<String> lines) {
    this.lines = lines;
  }

  /**
   * Of these lines.
   *
   * @throws IOException if they are not a whole inspection
   */
  public static HsmMemory of(List<String> lines) throws IOException {
    if (lines.size() < 2 || !lines.getFirst().equals(FIRST) || !lines.getLast().equals(LAST)) {
      throw new IOException("the HSM's program says in another form what its home holds");
    }
    return new HsmMemory(List.copyOf(lines));
  }

  /** Adds what the home lacks for a start, whatever the memory says. */
  public void missing(Findings findings) {
    if (lines.contains("state present") && lines.contains("key absent")) {
      findings.damage(
          "HSM home",
          "its sealing key is missing, without which its sealed state does not open",
          "Put the key back; without it run on with the others, and found a new fleet before n − q are gone.");
    }
    if (lines.contains("state absent") && lines.contains("memory present")) {
      findings.damage("HSM home", "its sealed state is missing", GONE);
    }
  }

  /** The image of {@code partition}; empty, with a finding, if there is none that is whole. */
  public Optional<Image> read(int partition, Fleet fleet, Findings findings) throws IOException {
    String where = "HSM memory, partition " + partition;
    String prefix = "partition " + partition + " ";
    String image = "missing";
    boolean spoilt = false;
    List<ChainValues> ring = new ArrayList<>();
    Optional<Certificate> certificate = Optional.empty();
    try {
      for (String line : lines) {
        if (line.startsWith(prefix)) {
          String[] words = line.substring(prefix.length()).split(" ");
          switch (words[0]) {
            case "slot" -> spoilt |= words[2].equals("spoilt");
            case "image" -> image = words[1];
            case "values" -> ring.add(values(words, partition));
            case "certificate" -> certificate = Optional.of(certificate(words[1]));
            // The certificate itself says it, and whatever is added later may be passed over.
            default -> {}
          }
        }
      }
      if (!image.equals("whole")) {
        findings.damage(
            where,
            switch (image) {
              case "missing" -> "it is missing";
              case "none" -> "neither of its two slots is whole";
              default -> "it is not this fleet's or this partition's (" + image + ")";
            },
            GONE);
        return Optional.empty();
      }
      if (spoilt) {
        findings.note(
            where,
            "one of its two slots is not whole, as after a crash in a write",
            "Nothing: if it was the newer one, the other HSMs tell this one after its start.");
      }
      return checked(new Image(ring, certificate), partition, fleet, findings, where);
    } catch (IllegalArgumentException
        | IndexOutOfBoundsException
        | NoSuchElementException
        | Rejected e) {
      throw new IOException("the HSM's program says what is no memory", e);
    }
  }

  private static ChainValues values(String[] words, int partition) {
    return new ChainValues(
        new FleetId(octets(words[2])),
        partition,
        Long.parseLong(words[1]),
        octets(words[3]),
        octets(words[4]),
        octets(words[5]));
  }

  private static Bytes octets(String hex) {
    return Bytes.wrap(HexFormat.of().parseHex(hex));
  }

  private static Certificate certificate(String hex) throws Rejected {
    CanonicalReader in = new CanonicalReader(octets(hex));
    Certificate certificate = Certificate.read(in);
    in.end();
    return certificate;
  }

  /** The values follow each other in this fleet's partition, as far as its window was open. */
  private static Optional<Image> checked(
      Image image, int partition, Fleet fleet, Findings findings, String where) {
    Optional<Certificate> certificate = image.certificate();
    Optional<String> wrong = Optional.empty();
    try {
      if (certificate.isPresent()) {
        certificate.get().verify(fleet);
      }
    } catch (Rejected e) {
      wrong = Optional.of(e.code().toString());
    }
    long k = image.ring().getFirst().k();
    boolean fits = certificate.filter(newest -> newest.values().partition() != partition).isEmpty();
    for (ChainValues values : image.ring()) {
      fits &= values.fleetId().equals(fleet.id()) && values.k() == k++;
    }
    long certified = certificate.map(newest -> newest.values().k()).orElse(0L);
    if (image.newest().k() > certified + Limits.RING) {
      wrong = Optional.of("more captured than its window allows");
    }
    if (!fits || wrong.isPresent()) {
      findings.damage(
          where,
          "it is not this fleet's or this partition's (" + wrong.orElse("other values") + ")",
          GONE);
      return Optional.empty();
    }
    return Optional.of(image);
  }
}
