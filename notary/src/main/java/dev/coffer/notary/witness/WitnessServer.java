package dev.coffer.notary.witness;

import dev.coffer.notary.disk.DirectoryDisk;
import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.http.Answer;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.http.Query;
import dev.coffer.notary.http.SmallServer;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.tlog.AddCheckpoint;
import java.io.IOException;
import java.util.Optional;

/**
 * A witness on HTTP: {@code POST /add-checkpoint}, {@code GET /<origin hash>/checkpoint} for
 * monitors, {@code GET /healthz}, {@code GET /metrics}. Thread-safe.
 */
public final class WitnessServer implements AutoCloseable {
  private static final String CHECKPOINT = "/checkpoint";
  private static final int HASH_HEX = 64;

  private final Witness witness;
  private final SmallServer server;

  private WitnessServer(Witness witness, Listen listen) throws IOException {
    this.witness = witness;
    this.server = SmallServer.start(listen, AddCheckpoint.SIZE_MAX, this::answer, witness::measure);
  }

  /**
   * Opens the journal and the key, listens, serves.
   *
   * @throws IOException with a sentence that says what to do
   */
  public static WitnessServer start(WitnessConfig config) throws IOException {
    NoteSigner signer =
        new NoteSigner(config.name(), SignatureType.COSIGNATURE, config.key().open());
    try {
      if (config.own().isPresent() && !config.own().get().equals(signer.verifier())) {
        throw new IOException(
            "The key is not the one that the trust policy names: give the witness's own key.");
      }
      return serve(open(config, signer), config.listen());
    } catch (IOException e) {
      signer.close();
      throw e;
    }
  }

  private static Witness open(WitnessConfig config, NoteSigner signer) throws IOException {
    Disk disk = DirectoryDisk.open(config.home());
    try {
      return Witness.open(disk, signer, config.clock(), config.logs());
    } catch (IOException e) {
      disk.close();
      throw e;
    }
  }

  /** Serves a witness, which this object closes. */
  public static WitnessServer serve(Witness witness, Listen listen) throws IOException {
    try {
      return new WitnessServer(witness, listen);
    } catch (IOException e) {
      witness.close();
      throw e;
    }
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  /** The witness's public key. */
  public VerifierKey verifier() {
    return witness.verifier();
  }

  private Answer answer(Query query) throws IOException {
    String path = query.path();
    if (path.equals("/add-checkpoint")) {
      return query.method().equals("POST")
          ? witness.add(query.body()).http()
          : Answer.text(405, "POST it");
    }
    if (query.reads("/healthz")) {
      return Answer.text(200, "ok");
    }
    if (query.reads()
        && path.endsWith(CHECKPOINT)
        && path.length() == 1 + HASH_HEX + CHECKPOINT.length()) {
      Optional<Note> latest = witness.latest(path.substring(1, 1 + HASH_HEX));
      if (latest.isPresent()) {
        return Answer.of(200, Answer.TEXT, latest.get().toText());
      }
      return Answer.text(404, "nothing was cosigned for that log");
    }
    return Answer.text(404, "POST /add-checkpoint, or GET /<origin hash>/checkpoint");
  }

  /** Stops at once. */
  @Override
  public void close() throws IOException {
    server.close();
    witness.close();
  }
}
