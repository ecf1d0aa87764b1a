package dev.coffer.notary.key;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.transparency.note.Cosignature;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.NoteSignature;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;

/** A key with a name and one use: notes, or cosignatures. Thread-safe but for close. */
public final class NoteSigner implements AutoCloseable {
  private final Ed25519Key key;
  private final VerifierKey verifier;

  /** Signs by {@code key}, which this object closes. */
  public NoteSigner(KeyName name, SignatureType type, Ed25519Key key) {
    this.key = key;
    this.verifier = new VerifierKey(name, type, key.publicKey());
  }

  /** The public half. */
  public VerifierKey verifier() {
    return verifier;
  }

  /** Signs a note's text, which ends with a newline. For keys of type ED25519. */
  public NoteSignature sign(String text) throws IOException {
    Invariant.check(verifier.type() == SignatureType.ED25519, "a witness's key signs with a time");
    return line(key.sign(Utf8.encode(text)));
  }

  /**
   * Cosigns a checkpoint's text. For keys of type COSIGNATURE.
   *
   * <p><b>Not guaranteed:</b> that this checkpoint follows what was cosigned before: the caller has
   * checked and stored that.
   *
   * @param time seconds since 1970, more than 0
   */
  public NoteSignature cosign(String text, long time) throws IOException {
    Invariant.check(verifier.type() == SignatureType.COSIGNATURE, "only witnesses cosign");
    Invariant.check(time > 0, "a witness states a time");
    Bytes signature = key.sign(Cosignature.message(time, text));
    return line(new Cosignature(time, signature).encode());
  }

  private NoteSignature line(Bytes payload) {
    return new NoteSignature(verifier.name(), verifier.id(), payload);
  }

  @Override
  public void close() {
    key.close();
  }

  @Override
  public String toString() {
    return "NoteSigner[" + verifier.name() + "]";
  }
}
