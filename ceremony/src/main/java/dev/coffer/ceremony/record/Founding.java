package dev.coffer.ceremony.record;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.port.FoundingPort.TranscriptSignature;
import dev.coffer.transparency.text.Utf8;
import java.util.List;

/** What all sites' messages say together. Stateless. */
public final class Founding {
  private Founding() {}

  /**
   * The hash that every HSM has signed (PROTOCOL.md §10), computed here from the commitments.
   *
   * @param commitments site i's at i−1
   * @param statements the same
   * @throws CeremonyRefused unless all n signatures hold, over this hash
   */
  public static Bytes verify(Fleet fleet, List<Message> commitments, List<Message> statements)
      throws CeremonyRefused {
    CanonicalWriter tuple = Label.FOUNDING_TRANSCRIPT.tuple().field(fleet.id().value());
    for (Message message : commitments) {
      tuple.field(Messages.commitments(message, fleet.id()).encoded());
    }
    Bytes hash = Hashes.sha256(tuple);
    for (Message message : statements) {
      TranscriptSignature signed = Messages.statement(message, fleet.id());
      if (!signed.transcriptHash().equals(hash) || !signed.verify(fleet)) {
        throw new CeremonyRefused(
            "The HSM of site " + message.site() + " signed another founding, or did not sign.",
            "The sites saw different commitments: begin a new ceremony with empty folders.");
      }
    }
    return hash;
  }

  /**
   * The one transcript of the ceremony, which people read and sign: the same octets at every site.
   *
   * @param transcripts site i's at i−1, each closed
   */
  public static Bytes transcript(Plan plan, Fleet fleet, List<Transcript> transcripts) {
    StringBuilder text = new StringBuilder("coffer/ceremony-record/v1\n");
    text.append("ceremony ").append(plan.ceremony()).append('\n');
    text.append("plan ").append(plan.hash().hex()).append('\n');
    text.append("fleet ").append(fleet.id().value().hex()).append('\n');
    for (int i = 0; i < transcripts.size(); i++) {
      Transcript transcript = transcripts.get(i);
      text.append("\nsite ").append(i + 1).append(' ').append(plan.site(i + 1).name());
      text.append(" sha256:").append(transcript.head().hex()).append('\n');
      text.append(transcript.lines());
    }
    return Utf8.encode(text.toString());
  }
}
