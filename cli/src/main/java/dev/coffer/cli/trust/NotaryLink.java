package dev.coffer.cli.trust;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.notary.bundle.Approval;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.net.URI;

/**
 * The notary as an operator and an approver reach it. Not believed: clients check its signature.
 */
public final class NotaryLink {
  private static final int TEXT_MAX = 256 << 10;

  private final Fetch fetch;
  private final String address;

  /**
   * @param address without a slash at its end
   */
  public NotaryLink(Fetch fetch, URI address) {
    this.fetch = fetch;
    this.address = address.toString();
  }

  /** Proposes a statement that the operator signed; returns what the notary says of it. */
  public String propose(Note statement) throws Failure, IOException, InterruptedException {
    return text(fetch.post(URI.create(address + "/proposals"), statement.encode(), TEXT_MAX));
  }

  /** What the notary says of a proposal: statement, key delta, approvals. */
  public String proposal(Bytes hash) throws Failure, IOException, InterruptedException {
    return text(fetch.get(URI.create(address + "/proposals/" + hash.hex()), TEXT_MAX));
  }

  /** Approves a proposal; returns what the notary says of it now. */
  public String approve(Bytes hash, NoteSigner approver)
      throws Failure, IOException, InterruptedException {
    Note approval = Approval.sign(hash, approver);
    return text(fetch.post(URI.create(address + "/approvals"), approval.encode(), TEXT_MAX));
  }

  /** The notary's note of an approved proposal. */
  public Note note(Bytes hash) throws Failure, IOException, InterruptedException {
    String text =
        text(
            fetch.get(URI.create(address + "/proposals/" + hash.hex() + "/note"), Bundle.SIZE_MAX));
    try {
      return Note.parse(text);
    } catch (Refused e) {
      throw new Failure(
          ExitCode.UNTRUSTED, "The notary's answer is no note.", "Look at the notary's log.");
    }
  }

  private static String text(Fetch.Reply reply) throws Failure, IOException {
    try {
      String text = Utf8.decode(reply.body(), "the notary's answer");
      if (reply.status() == 200) {
        return text;
      }
      throw new Failure(
          reply.status() == 503 ? ExitCode.TRY_AGAIN : ExitCode.FAILED,
          "The notary refuses (" + reply.status() + "): " + text.strip() + ".",
          reply.status() == 503
              ? "Run the same command again; if it persists, look at the notary's log."
              : "Correct what it objects to and propose again.");
    } catch (Refused e) {
      throw new IOException("the notary's answer is no text", e);
    }
  }
}
