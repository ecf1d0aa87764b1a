package dev.coffer.ceremony.record;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.record.Message.Line;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.protocol.port.FoundingPort.Commitments;
import dev.coffer.protocol.port.FoundingPort.Reveal;
import dev.coffer.protocol.port.FoundingPort.TranscriptSignature;
import dev.coffer.transparency.text.LowerHex;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import java.util.ArrayList;
import java.util.List;

/**
 * What the messages' lines are, step by step. Each reader takes exactly what its writer writes.
 * Stateless.
 */
public final class Messages {
  private Messages() {}

  /**
   * What a site begins with.
   *
   * @param hsm made inside
   * @param tls the node's public key, X.509's SubjectPublicKeyInfo
   */
  public record Identity(HsmIdentity hsm, Bytes tls) {}

  /**
   * What site 1 hands to all, in DER.
   *
   * @param authority the certificate that nodes and clients check the others against
   * @param nodes node i's at i−1
   */
  public record Certificates(Bytes authority, List<Bytes> nodes) {
    public Certificates {
      nodes = List.copyOf(nodes);
    }
  }

  /** An identity's lines; the first ones are for people. */
  public static List<Line> of(Identity identity) {
    CanonicalWriter encoded = new CanonicalWriter();
    identity.hsm().write(encoded);
    return List.of(
        new Line("model", identity.hsm().model()),
        new Line("measurement", identity.hsm().measurement().hex()),
        new Line("promises", HsmPromises.of(identity.hsm()).words()),
        Message.line("identity", encoded.toBytes()),
        Message.line("tls", identity.tls()));
  }

  /** Reads them. */
  public static Identity identity(Message message) throws CeremonyRefused {
    try {
      CanonicalReader in = new CanonicalReader(message.octets("identity"));
      HsmIdentity hsm = HsmIdentity.read(in);
      in.end();
      Identity identity = new Identity(hsm, message.octets("tls"));
      return exactly(message, of(identity), identity);
    } catch (Rejected e) {
      throw Message.damaged(message.called(), e.what());
    }
  }

  /** The certificates' lines. */
  public static List<Line> of(Certificates certificates) {
    List<Line> lines = new ArrayList<>();
    lines.add(Message.line("authority", certificates.authority()));
    certificates.nodes().forEach(node -> lines.add(Message.line("node", node)));
    return lines;
  }

  /** Reads them. */
  public static Certificates certificates(Message message, int n) throws CeremonyRefused {
    Certificates certificates =
        new Certificates(message.octets("authority"), octets(message, "node"));
    if (certificates.nodes().size() != n) {
      throw Message.damaged(message.called(), "it has not a certificate for each site");
    }
    return exactly(message, of(certificates), certificates);
  }

  /** The commitments' lines. */
  public static List<Line> of(FleetId fleet, Commitments commitments) {
    return List.of(
        new Line("fleet", fleet.value().hex()), Message.line("commitments", commitments.encoded()));
  }

  /** Reads them. */
  public static Commitments commitments(Message message, FleetId fleet) throws CeremonyRefused {
    Commitments commitments = new Commitments(message.site(), message.octets("commitments"));
    return exactly(message, of(fleet, commitments), commitments);
  }

  /** The lines of all that one HSM reveals. */
  public static List<Line> of(FleetId fleet, List<Reveal> reveals) {
    List<Line> lines = new ArrayList<>();
    lines.add(new Line("fleet", fleet.value().hex()));
    for (Reveal reveal : reveals) {
      lines.add(new Line("to", Integer.toString(reveal.to())));
      lines.add(Message.line("sealed", reveal.sealed()));
    }
    return lines;
  }

  /** Reads them. */
  public static List<Reveal> reveals(Message message, FleetId fleet, int n) throws CeremonyRefused {
    List<Bytes> sealed = octets(message, "sealed");
    if (sealed.size() != n - 1) {
      throw Message.damaged(message.called(), "it does not reveal to each other site");
    }
    List<Reveal> reveals = new ArrayList<>();
    for (int to = 1; to <= n; to++) {
      if (to != message.site()) {
        reveals.add(new Reveal(message.site(), to, sealed.get(reveals.size())));
      }
    }
    return exactly(message, of(fleet, reveals), List.copyOf(reveals));
  }

  /** A statement's lines. */
  public static List<Line> of(TranscriptSignature signed) {
    return List.of(
        new Line("fleet", signed.fleetId().value().hex()),
        new Line("founding", signed.transcriptHash().hex()),
        Message.line("signature", signed.signature()));
  }

  /** Reads them. */
  public static TranscriptSignature statement(Message message, FleetId fleet)
      throws CeremonyRefused {
    List<String> founding = message.values("founding");
    try {
      TranscriptSignature signed =
          new TranscriptSignature(
              message.site(),
              fleet,
              LowerHex.parse(
                  founding.size() == 1 ? founding.getFirst() : "", Limits.DIGEST, "founding"),
              message.octets("signature"));
      return exactly(message, of(signed), signed);
    } catch (Refused e) {
      throw Message.damaged(message.called(), e.what());
    }
  }

  private static List<Bytes> octets(Message message, String keyword) throws CeremonyRefused {
    List<Bytes> all = new ArrayList<>();
    for (String value : message.values(keyword)) {
      try {
        all.add(StrictBase64.decode(value, keyword));
      } catch (Refused e) {
        throw Message.damaged(message.called(), e.what());
      }
    }
    return all;
  }

  private static <T> T exactly(Message message, List<Line> lines, T value) throws CeremonyRefused {
    if (!message.lines().equals(lines)) {
      throw Message.damaged(
          message.called(), "its lines are not those of this step, or speak of another fleet");
    }
    return value;
  }
}
