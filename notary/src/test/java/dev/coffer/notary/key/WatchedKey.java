package dev.coffer.notary.key;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.text.LineReader;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import java.util.ArrayList;
import java.util.List;

/** A key that remembers every checkpoint it ever signed or cosigned, released or not. */
public final class WatchedKey implements Ed25519Key {
  private final MemoryKey key;
  private final List<Checkpoint> signed = new ArrayList<>();

  /** The key of a name: tests need no others. */
  public WatchedKey(String name) {
    this.key = new MemoryKey(SecretBytes.copyOf(Hashes.sha256(Utf8.encode(name))));
  }

  /** A signer by this key. */
  public NoteSigner signer(String name, SignatureType type) {
    return new NoteSigner(new KeyName(name), type, this);
  }

  /** All checkpoints, in the order of their signing. */
  public synchronized List<Checkpoint> signed() {
    return List.copyOf(signed);
  }

  @Override
  public Bytes publicKey() {
    return key.publicKey();
  }

  @Override
  public synchronized Bytes sign(Bytes message) {
    try {
      LineReader in = new LineReader(Utf8.decode(message, "message"), "message");
      if (in.peek().equals("cosignature/v1")) {
        in.line();
        in.line();
      }
      signed.add(Checkpoint.parse(in.line() + "\n" + in.line() + "\n" + in.line() + "\n"));
    } catch (Refused e) {
      throw new AssertionError("signed what is no checkpoint", e);
    }
    return key.sign(message);
  }

  /** Kept for the next life of the process. */
  @Override
  public void close() {}
}
