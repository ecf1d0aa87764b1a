package dev.coffer.transparency.published;

import static dev.coffer.transparency.published.Case.bad;
import static dev.coffer.transparency.published.Case.good;
import static dev.coffer.transparency.text.RefusalCode.BAD_SIGNATURE;
import static dev.coffer.transparency.text.RefusalCode.BAD_TEXT;
import static dev.coffer.transparency.text.RefusalCode.MALFORMED;
import static dev.coffer.transparency.text.RefusalCode.NOT_CANONICAL;
import static dev.coffer.transparency.text.RefusalCode.TOO_LARGE;
import static dev.coffer.transparency.text.RefusalCode.UNKNOWN_SIGNER;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.NoteSignature;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.note.VerifiedNote;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import java.util.List;
import java.util.Map;

/** Signed notes, checkpoints, cosignatures. */
final class NoteVectors {
  private static final String ORIGIN = TransparencyWorld.ORIGIN;

  private final TransparencyWorld world = TransparencyWorld.withEntries(5);
  private final SignerKey alice = TestKeys.signer("example.com/alice");
  private final SignerKey bob = TestKeys.signer("example.com/bob");

  Map<String, Object> note() {
    VerifierKey key = alice.verifier();
    Case.Reader reader =
        input -> {
          VerifiedNote verified = Note.open(input, List.of(key));
          return Map.of("text", verified.text());
        };
    Note note = Note.sign("a text\n\nwith a blank line\n", alice);
    String ok = note.toText();
    String line = note.signatures().get(0).line();
    NoteSignature other = alice.sign("another text\n");
    Bytes illFormed = Bytes.fromHex("eda080").concat(Utf8.encode(ok));
    return Case.file(
        "Signed notes (c2sp.org/signed-note), opened with one known key.",
        Map.of("key", key.text()),
        good("a note", ok, reader),
        good("beside an unknown key", note.with(bob.sign(note.unverifiedText())).toText(), reader),
        good("a note inside a note", Note.sign(ok, alice).toText(), reader),
        good("16 signatures", ok + line.repeat(15), reader),
        bad(UNKNOWN_SIGNER, "another key", Note.sign("a text\n", bob).toText(), reader),
        bad(UNKNOWN_SIGNER, "another name", ok.replace("/alice ", "/alicf "), reader),
        bad(BAD_SIGNATURE, "another text", ok.replace("a text", "b text"), reader),
        bad(BAD_SIGNATURE, "a bad one among good ones", note.with(other).toText(), reader),
        bad(MALFORMED, "no signature", "a text\n\n", reader),
        bad(MALFORMED, "no blank line", "a text\n" + line, reader),
        bad(MALFORMED, "a blank line at the end", ok + "\n", reader),
        bad(MALFORMED, "no newline at the end", ok.stripTrailing(), reader),
        bad(MALFORMED, "a hyphen for the dash", ok.replace("\u2014", "-"), reader),
        bad(MALFORMED, "two spaces", ok.replace("/alice ", "/alice  "), reader),
        bad(MALFORMED, "a plus in a name", ok + "\u2014 a+b AAAAAAA=\n", reader),
        bad(MALFORMED, "a no-break space in a name", ok + "\u2014 a\u00a0b AAAAAAA=\n", reader),
        bad(NOT_CANONICAL, "base64 without padding", ok + "\u2014 a AAAAAAA\n", reader),
        bad(NOT_CANONICAL, "base64 with stray bits", ok + "\u2014 a AAAAAAB=\n", reader),
        bad(BAD_TEXT, "CRLF", ok.replace("\n", "\r\n"), reader),
        bad(BAD_TEXT, "a byte order mark", "\ufeff" + ok, reader),
        bad(BAD_TEXT, "a tab", "\t" + ok, reader),
        bad(BAD_TEXT, "ill-formed UTF-8", illFormed, reader));
  }

  Map<String, Object> checkpoint() {
    Case.Reader reader =
        input -> {
          Checkpoint read = Checkpoint.parse(Utf8.decode(input, "checkpoint"));
          String root = StrictBase64.encode(read.root());
          return Case.fields("origin", read.origin(), "size", read.size(), "root", root);
        };
    String ok = ORIGIN + "\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    String size = "20852163";
    return Case.file(
        "Texts of checkpoints (c2sp.org/tlog-checkpoint, without extension lines).",
        Map.of(),
        good("a checkpoint", ok, reader),
        good("no leaves", ok.replace(size, "0"), reader),
        good("the largest size", ok.replace(size, "9223372036854775807"), reader),
        good("an origin with spaces", ok.replace(ORIGIN, "behind the sofa"), reader),
        bad(TOO_LARGE, "2^63", ok.replace(size, "9223372036854775808"), reader),
        bad(MALFORMED, "2^64", ok.replace(size, "18446744073709551616"), reader),
        bad(NOT_CANONICAL, "leading zero", ok.replace(size, "0" + size), reader),
        bad(NOT_CANONICAL, "two zeros", ok.replace(size, "00"), reader),
        bad(MALFORMED, "a plus sign", ok.replace(size, "+" + size), reader),
        bad(MALFORMED, "a minus sign", ok.replace(size, "-1"), reader),
        bad(MALFORMED, "no size", ok.replace(size, ""), reader),
        bad(MALFORMED, "no origin", ok.replace(ORIGIN, ""), reader),
        bad(MALFORMED, "an extension line", ok + "extension\n", reader),
        bad(MALFORMED, "a blank line at the end", ok + "\n", reader),
        bad(MALFORMED, "no newline at the end", ok.stripTrailing(), reader),
        bad(BAD_TEXT, "CRLF", ok.replace("\n", "\r\n"), reader),
        bad(BAD_TEXT, "a byte order mark", "\ufeff" + ok, reader),
        bad(NOT_CANONICAL, "base64 without padding", ok.replace("=", ""), reader),
        bad(NOT_CANONICAL, "base64 with stray bits", ok.replace("I=", "J="), reader),
        bad(MALFORMED, "URL-safe base64", ok.replace("om/X", "om_X"), reader),
        bad(MALFORMED, "a short root", ok.replace("q2I=", "qw=="), reader));
  }

  Map<String, Object> cosignature() {
    Note checkpoint = world.checkpoint(5);
    String text = checkpoint.unverifiedText();
    SignerKey witness = world.witnesses.get(0);
    VerifierKey key = witness.verifier();
    Case.Reader reader =
        input -> {
          VerifiedNote verified = Note.open(input, List.of(key));
          return Map.of("time", verified.signatures().get(0).time());
        };
    NoteSignature line = witness.cosign(text, TransparencyWorld.START);
    NoteSignature elsewhere =
        witness.cosign(world.checkpoint(4).unverifiedText(), TransparencyWorld.START);
    NoteSignature unknown = TestKeys.witness("unknown.example").cosign(text, 1);
    Bytes bare = TestKeys.signer("witness.example/1").sign(text).payload();
    NoteSignature plain = new NoteSignature(key.name(), key.id(), bare);
    return Case.file(
        "Cosigned checkpoints (c2sp.org/tlog-cosignature, type 0x04), opened with one known key.",
        Map.of("key", key.text()),
        good("a cosignature", Note.of(text, List.of(line)).toText(), reader),
        good("beside the log's signature", checkpoint.with(line).toText(), reader),
        good("beside an unknown witness's", checkpoint.with(line).with(unknown).toText(), reader),
        bad(UNKNOWN_SIGNER, "the log's signature alone", checkpoint.toText(), reader),
        bad(BAD_SIGNATURE, "another time", changed(checkpoint, line, 7, 1), reader),
        bad(BAD_SIGNATURE, "a time of 2^63 and more", changed(checkpoint, line, 0, 0x80), reader),
        bad(BAD_SIGNATURE, "a changed signature", changed(checkpoint, line, 8, 1), reader),
        bad(BAD_SIGNATURE, "of another size", checkpoint.with(elsewhere).toText(), reader),
        bad(
            BAD_SIGNATURE,
            "a bad one beside a good one",
            checkpoint.with(line).with(elsewhere).toText(),
            reader),
        bad(BAD_SIGNATURE, "no time", checkpoint.with(plain).toText(), reader));
  }

  private static String changed(Note checkpoint, NoteSignature line, int at, int bit) {
    byte[] payload = line.payload().toByteArray();
    payload[at] ^= (byte) bit;
    NoteSignature changed = new NoteSignature(line.name(), line.id(), Bytes.wrap(payload));
    return checkpoint.with(changed).toText();
  }
}
