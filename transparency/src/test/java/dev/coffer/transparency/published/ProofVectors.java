package dev.coffer.transparency.published;

import static dev.coffer.transparency.published.Case.bad;
import static dev.coffer.transparency.published.Case.good;
import static dev.coffer.transparency.text.RefusalCode.BAD_PROOF;
import static dev.coffer.transparency.text.RefusalCode.BAD_SIGNATURE;
import static dev.coffer.transparency.text.RefusalCode.BAD_TEXT;
import static dev.coffer.transparency.text.RefusalCode.MALFORMED;
import static dev.coffer.transparency.text.RefusalCode.NOT_CANONICAL;
import static dev.coffer.transparency.text.RefusalCode.NO_QUORUM;
import static dev.coffer.transparency.text.RefusalCode.TOO_LARGE;
import static dev.coffer.transparency.text.RefusalCode.UNKNOWN_SIGNER;
import static dev.coffer.transparency.text.RefusalCode.UNSUPPORTED;
import static dev.coffer.transparency.text.RefusalCode.WRONG_ORIGIN;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.AddCheckpoint;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.CosignedCheckpoint;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.tlog.TlogProof;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Proofs, policies, requests to witnesses. */
final class ProofVectors {
  private static final long TIME = TransparencyWorld.START;

  private final TransparencyWorld world = TransparencyWorld.withEntries(5);
  private final Policy policy = world.logPolicy();

  Map<String, Object> proof() {
    Bytes entry = world.leaves().get(2);
    Case.Reader reader =
        input -> {
          TlogProof read = TlogProof.parse(input);
          CosignedCheckpoint verified = policy.check(read.checkpoint());
          read.checkInclusion(Tlog.leafHash(entry), verified.checkpoint());
          return Case.fields(
              "index",
              read.index(),
              "size",
              verified.checkpoint().size(),
              "quorumTime",
              verified.quorumTime().getAsLong());
        };
    Note checkpoint = world.cosigned(TIME);
    TlogProof proof = world.proof(2, 5, checkpoint);
    String ok = Case.text(proof.encode());
    String first = StrictBase64.encode(proof.hashes().get(0)) + "\n";
    String many = first.repeat(64 - proof.hashes().size()) + first;
    Note one = world.cosign(world.cosign(world.checkpoint(5), TIME, 0), TIME + 1, 0);
    Note spoiled = checkpoint.with(world.cosign(world.checkpoint(4), TIME, 2).signatures().get(1));
    Note foreign =
        Note.sign(new Checkpoint("elsewhere.example", 5, Tlog.EMPTY_ROOT).text(), world.log);
    return Case.file(
        "Proofs (c2sp.org/tlog-proof) of one entry under one policy.",
        Case.fields("entry", Case.text(entry), "policy", Case.text(policy.encode())),
        good("a proof", ok, reader),
        good("with extra data", ok.replace("index", "extra AAAA\nindex"), reader),
        bad(BAD_PROOF, "another index", ok.replace("index 2", "index 3"), reader),
        bad(BAD_PROOF, "an index beyond the size", ok.replace("index 2", "index 5"), reader),
        bad(
            BAD_PROOF,
            "one hash too few",
            ok.replaceFirst(java.util.regex.Pattern.quote(first), ""),
            reader),
        bad(BAD_PROOF, "one hash too many", ok.replace(first, first + first), reader),
        bad(TOO_LARGE, "64 hashes", ok.replace(first, many), reader),
        bad(NOT_CANONICAL, "a leading zero", ok.replace("index 2", "index 02"), reader),
        bad(TOO_LARGE, "2^63", ok.replace("index 2", "index 9223372036854775808"), reader),
        bad(MALFORMED, "another version", ok.replace("@v1", "@v2"), reader),
        bad(
            MALFORMED,
            "extra data behind the index",
            ok.replace("index 2\n", "index 2\nextra AAAA\n"),
            reader),
        bad(
            NOT_CANONICAL,
            "loose base64 of extra data",
            ok.replace("index", "extra AAB=\nindex"),
            reader),
        bad(BAD_TEXT, "CRLF", ok.replace("\n", "\r\n"), reader),
        bad(NO_QUORUM, "one witness twice", with(proof, one), reader),
        bad(NO_QUORUM, "no witness", with(proof, world.checkpoint(5)), reader),
        bad(BAD_SIGNATURE, "a bad cosignature beside a quorum", with(proof, spoiled), reader),
        bad(WRONG_ORIGIN, "the log signs for another origin", with(proof, foreign), reader),
        bad(
            UNKNOWN_SIGNER,
            "cosignatures without the log's signature",
            with(
                proof, Note.of(checkpoint.unverifiedText(), checkpoint.signatures().subList(1, 3))),
            reader));
  }

  private static String with(TlogProof proof, Note checkpoint) {
    return Case.text(
        new TlogProof(proof.extra(), proof.index(), proof.hashes(), checkpoint).encode());
  }

  Map<String, Object> policy() {
    Note checkpoint = world.cosign(world.cosign(world.checkpoint(5), TIME, 0), TIME + 9, 1);
    Case.Reader reader =
        input -> {
          CosignedCheckpoint verified = Policy.parse(input).check(checkpoint);
          return verified.quorumTime().isPresent()
              ? Map.of("quorumTime", verified.quorumTime().getAsLong())
              : Map.of();
        };
    String ok = Case.text(policy.encode());
    String head = ok.substring(0, ok.indexOf("group"));
    String log = ok.substring(0, ok.indexOf("witness"));
    String w1 = ok.lines().filter(line -> line.startsWith("witness w1 ")).findFirst().orElseThrow();
    String again = w1.replace(" w1 ", " again ") + "\n";
    String key = w1.substring("witness w1 ".length());
    return Case.file(
        "Policies (c2sp.org/tlog-policy) and what each says of one checkpoint, which witness w1"
            + " cosigned nine seconds before w2.",
        Map.of("checkpoint", checkpoint.toText()),
        good("two of three", ok, reader),
        good("one witness", head + "quorum w2\n", reader),
        good("any", head + "group g any w1 w2 w3\nquorum g\n", reader),
        good("nested", head + "group g any w2 w3\ngroup h all w1 g\nquorum h\n", reader),
        good("none", log + "quorum none\n", reader),
        good("tabs, comments, blank lines", "\t# \u00e9\n\n " + head + "quorum\t w1 \n", reader),
        bad(NO_QUORUM, "all", head + "group g all w1 w2 w3\nquorum g\n", reader),
        bad(NO_QUORUM, "a witness that did not sign", head + "quorum w3\n", reader),
        bad(UNKNOWN_SIGNER, "no log", w1 + "\nquorum w1\n", reader),
        bad(MALFORMED, "no quorum", head, reader),
        bad(MALFORMED, "two quorums", ok + "quorum w1\n", reader),
        bad(MALFORMED, "an undefined quorum", head + "quorum w4\n", reader),
        bad(
            MALFORMED,
            "a group before its members",
            log + "group g any w1\n" + w1 + "\nquorum g\n",
            reader),
        bad(MALFORMED, "a member of itself", head + "group g any g\nquorum g\n", reader),
        bad(MALFORMED, "a member twice", head + "group g 2 w1 w1\nquorum g\n", reader),
        bad(
            MALFORMED,
            "a member of two groups",
            head + "group g any w1\ngroup h all w1 g\nquorum h\n",
            reader),
        bad(
            MALFORMED,
            "a threshold above the members",
            head + "group g 4 w1 w2 w3\nquorum g\n",
            reader),
        bad(MALFORMED, "a threshold of zero", head + "group g 0 w1\nquorum g\n", reader),
        bad(NOT_CANONICAL, "a leading zero", head + "group g 02 w1 w2\nquorum g\n", reader),
        bad(MALFORMED, "a name twice", head + "group w1 any w2\nquorum w1\n", reader),
        bad(MALFORMED, "a group called none", head + "group none any w1\nquorum none\n", reader),
        bad(MALFORMED, "one witness under two names", head + again + "quorum w1\n", reader),
        bad(MALFORMED, "one log twice", log + ok, reader),
        bad(UNSUPPORTED, "a witness's key for a log", "log " + key + "\nquorum none\n", reader),
        bad(MALFORMED, "an unknown keyword", "Log x\n" + ok, reader),
        bad(MALFORMED, "no newline at the end", ok.stripTrailing(), reader),
        bad(BAD_TEXT, "CRLF", ok.replace("\n", "\r\n"), reader));
  }

  /** What a witness that last cosigned size 3 answers. */
  private int answer(Bytes body) {
    AddCheckpoint request;
    Checkpoint claimed;
    try {
      request = AddCheckpoint.parse(body);
      claimed = Checkpoint.parse(request.checkpoint().unverifiedText());
    } catch (Refused e) {
      return 400;
    }
    if (!claimed.origin().equals(TransparencyWorld.ORIGIN)) {
      return 404;
    }
    try {
      request.checkpoint().verify(List.of(world.log.verifier()));
    } catch (Refused e) {
      return 403;
    }
    if (request.oldSize() > claimed.size()) {
      return 400;
    }
    if (request.oldSize() != 3) {
      return 409;
    }
    try {
      Bytes root = Checkpoint.parse(world.checkpoint(3).unverifiedText()).root();
      Tlog.checkConsistency(3, claimed.size(), root, claimed.root(), request.proof());
      return 200;
    } catch (Refused e) {
      return 422;
    }
  }

  private Map<String, Object> asked(int status, String name, String body) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("body", body);
    json.put("status", answer(Utf8.encode(body)));
    if (!json.get("status").equals(status)) {
      throw new AssertionError(name + ": " + json.get("status") + " and not " + status);
    }
    return json;
  }

  Map<String, Object> addCheckpoint() throws IOException, Refused {
    List<Bytes> proof = world.prover().consistency(3, 5);
    Note checkpoint = world.checkpoint(5);
    String ok = Case.text(new AddCheckpoint(3, proof, checkpoint).encode());
    String first = StrictBase64.encode(proof.get(0)) + "\n";
    Note byAnother = Note.sign(checkpoint.unverifiedText(), TestKeys.signer("other.example"));
    Note elsewhere =
        Note.sign(new Checkpoint("other.example", 5, Tlog.EMPTY_ROOT).text(), world.log);
    Note forged = Note.of(checkpoint.unverifiedText(), world.checkpoint(4).signatures());
    Note fork =
        Note.sign(new Checkpoint(TransparencyWorld.ORIGIN, 3, Tlog.EMPTY_ROOT).text(), world.log);
    Note same = world.checkpoint(3);
    return Case.file(
        "Bodies of POST add-checkpoint (c2sp.org/tlog-witness) and the answer of a witness that"
            + " knows one log and last cosigned its size 3. Each case stands alone.",
        Case.fields("log", world.log.verifier().text(), "latest", same.toText()),
        asked(200, "growth", ok),
        asked(200, "growth, cosigned by others", body(3, proof, world.cosigned(TIME))),
        asked(200, "nothing new", body(3, List.of(), same)),
        asked(409, "old size zero", body(0, List.of(), checkpoint)),
        asked(409, "another old size", body(4, proof, checkpoint)),
        asked(400, "an old size above the new one", body(6, proof, checkpoint)),
        asked(422, "no proof", body(3, List.of(), checkpoint)),
        asked(422, "a proof with one hash too many", ok.replace(first, first + first)),
        asked(422, "a proof with another hash", body(3, List.of(Bytes.zeros(32)), checkpoint)),
        asked(422, "a proof for the same size", body(3, proof, same)),
        asked(422, "another root of the same size", body(3, List.of(), fork)),
        asked(403, "signed by another key", body(3, proof, byAnother)),
        asked(403, "signed for another text", body(3, proof, forged)),
        asked(404, "another origin", body(3, proof, elsewhere)),
        asked(400, "leading zero", ok.replace("old 3", "old 03")),
        asked(400, "2^63", ok.replace("old 3", "old 9223372036854775808")),
        asked(400, "64 hashes", body3(Collections.nCopies(64, first), checkpoint)),
        asked(400, "no blank line", ok.replaceFirst("\n\n", "\n")),
        asked(400, "loose base64", ok.replace(first, first.replace("=", ""))),
        asked(400, "CRLF", ok.replace("\n", "\r\n")),
        asked(400, "nothing", ""));
  }

  private static String body(long old, List<Bytes> proof, Note checkpoint) {
    return Case.text(new AddCheckpoint(old, proof, checkpoint).encode());
  }

  private static String body3(List<String> lines, Note checkpoint) {
    return "old 3\n" + String.join("", lines) + "\n" + checkpoint.toText();
  }
}
