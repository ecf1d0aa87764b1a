package dev.coffer.notary.operator;

import dev.coffer.notary.bundle.Approval;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.operator.OperatorFailure.Reason;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/** A notary on the web. */
public final class NotaryLink implements NotaryDesk {
  private static final int TEXT_MAX = 256 << 10;
  private static final int WHY_MAX = 300;
  private static final String PROPOSALS = "/proposals/";

  private final Fetch fetch;
  private final String address;

  /**
   * @param address without a slash at its end
   */
  public NotaryLink(Fetch fetch, URI address) {
    this.fetch = fetch;
    this.address = address.toString();
  }

  @Override
  public NotaryAnswer propose(Note statement) throws OperatorFailure, InterruptedException {
    return answer(post("/proposals", statement.encode()));
  }

  @Override
  public Optional<String> proposal(Bytes hash) throws OperatorFailure, InterruptedException {
    Fetch.Reply reply = get(PROPOSALS + hash.hex(), TEXT_MAX);
    return none(reply, "no such proposal") ? Optional.empty() : Optional.of(ok(reply));
  }

  @Override
  public NotaryAnswer approve(Bytes hash, NoteSigner approver)
      throws OperatorFailure, IOException, InterruptedException {
    return answer(post("/approvals", Approval.sign(hash, approver).encode()));
  }

  @Override
  public Optional<Note> note(Bytes hash) throws OperatorFailure, InterruptedException {
    Fetch.Reply reply = get(PROPOSALS + hash.hex() + "/note", Bundle.SIZE_MAX);
    if (none(reply, "not signed")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Note.parse(ok(reply)));
    } catch (Refused e) {
      throw new OperatorFailure(
          Reason.UNTRUSTED, "The notary's answer is no note.", "Look at the notary's log.");
    }
  }

  private Fetch.Reply post(String path, Bytes body) throws OperatorFailure, InterruptedException {
    try {
      return fetch.post(URI.create(address + path), body, TEXT_MAX);
    } catch (IOException e) {
      throw silent();
    }
  }

  private Fetch.Reply get(String path, int max) throws OperatorFailure, InterruptedException {
    try {
      return fetch.get(URI.create(address + path), max);
    } catch (IOException e) {
      throw silent();
    }
  }

  /** Only in the notary's own words: a proxy's 404 says nothing of what the notary signed. */
  private static boolean none(Fetch.Reply reply, String words) throws OperatorFailure {
    return reply.status() == 404 && text(reply).strip().equals(words);
  }

  private static NotaryAnswer answer(Fetch.Reply reply) throws OperatorFailure {
    return switch (reply.status()) {
      case 400, 403, 409, 413 -> new NotaryAnswer.Objection(printable(text(reply)));
      default -> new NotaryAnswer.Taken(ok(reply));
    };
  }

  private static String ok(Fetch.Reply reply) throws OperatorFailure {
    if (reply.status() != 200) {
      throw new OperatorFailure(
          Reason.TRY_AGAIN,
          "The notary answers with " + reply.status() + ".",
          "Run the same command again; if it persists, look at the notary's log.");
    }
    return text(reply);
  }

  private static String text(Fetch.Reply reply) throws OperatorFailure {
    try {
      return Utf8.decode(reply.body(), "the notary's answer");
    } catch (Refused e) {
      throw new OperatorFailure(
          Reason.UNTRUSTED, "The notary's answer is no text.", "Look at the notary's log.");
    }
  }

  /** A notary, or somebody on the way, does not get to steer a terminal. */
  private static String printable(String text) {
    String line = text.strip().replaceAll("[^\\x20-\\x7e]", "?");
    return line.substring(0, Math.min(WHY_MAX, line.length()));
  }

  private static OperatorFailure silent() {
    return new OperatorFailure(
        Reason.TRY_AGAIN,
        "The notary does not answer.",
        "See that it runs, then run the same command again: nothing is lost.");
  }
}
