package dev.coffer.notary.log;

import dev.coffer.notary.disk.DirectoryDisk;
import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.http.Answer;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.http.Metrics;
import dev.coffer.notary.http.Query;
import dev.coffer.notary.http.SmallServer;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Tile;
import dev.coffer.transparency.tlog.TilePath;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Puts a log on HTTP: its static files, {@code POST /add-leaf}, {@code GET /healthz}, {@code GET
 * /metrics}. Thread-safe.
 *
 * <p>{@code add-leaf} takes the leaf's octets and answers with a proof (c2sp.org/tlog-proof): 200
 * with enough cosignatures, 202 before they came; 403 for bad signatures, 409 for a leaf that does
 * not follow, 413, 429, 503. There is no other login than the leaf's own signatures. After a lost
 * answer the same leaf is posted again.
 */
public final class LogServer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(LogServer.class.getName());
  private static final String PROOF = "text/plain; charset=utf-8";

  private final TiledLog log;
  private final Optional<Cosigning> cosigning;
  private final Sequencer sequencer;
  private final Duration patience;
  private final ProofDesk proofs;
  private final SmallServer server;

  private LogServer(TiledLog log, Optional<Cosigning> cosigning, LogConfig config)
      throws IOException {
    this.log = log;
    this.cosigning = cosigning;
    this.patience = config.patience();
    this.proofs = new ProofDesk(log.files());
    this.sequencer = new Sequencer(log, head -> cosigning.ifPresent(c -> c.seek(head)));
    this.server = start(config.listen());
  }

  private SmallServer start(Listen listen) throws IOException {
    try {
      return SmallServer.start(listen, Tile.ENTRY_MAX, this::answer, this::measure);
    } catch (IOException e) {
      sequencer.close();
      throw e;
    }
  }

  private static NoteSigner signer(LogConfig config) throws IOException {
    NoteSigner signer = new NoteSigner(config.origin(), SignatureType.ED25519, config.key().open());
    VerifierKey own = signer.verifier();
    if (config.policy().isPresent()
        && config.policy().get().logs().stream().noneMatch(log -> log.key().equals(own))) {
      signer.close();
      throw new IOException(
          "The key is not the one that the policy names: give the log's own key.");
    }
    return signer;
  }

  /**
   * Founds the log: once in its life.
   *
   * @throws IOException if there is one already
   */
  public static void create(LogConfig config) throws IOException {
    create(config, DirectoryDisk.open(config.home()));
  }

  /** The same on another disk than the folder of the settings; this method closes it. */
  public static void create(LogConfig config, Disk disk) throws IOException {
    try (disk;
        NoteSigner signer = signer(config)) {
      TiledLog.create(disk, signer);
    }
  }

  /**
   * Opens the log and the key, finishes what a crash interrupted, listens, serves.
   *
   * @throws IOException with a sentence that says what to do
   */
  public static LogServer start(LogConfig config) throws IOException {
    return start(config, DirectoryDisk.open(config.home()));
  }

  /** The same on another disk than the folder of the settings; this object closes it. */
  public static LogServer start(LogConfig config, Disk disk) throws IOException {
    TiledLog log;
    try {
      NoteSigner signer = signer(config);
      try {
        log = TiledLog.open(disk, signer, config.rule(), config.policy().isEmpty());
      } catch (IOException e) {
        signer.close();
        throw e;
      }
    } catch (IOException e) {
      disk.close();
      throw e;
    }
    return serve(log, config);
  }

  /** Serves a log, which this object closes; home, origin, key and rule were used already. */
  public static LogServer serve(TiledLog log, LogConfig config) throws IOException {
    Optional<Cosigning> cosigning = Optional.empty();
    try {
      if (config.policy().isPresent()) {
        cosigning =
            Optional.of(
                Cosigning.start(log, config.policy().get(), config.again(), config.patience()));
      }
      return new LogServer(log, cosigning, config);
    } catch (IOException e) {
      cosigning.ifPresent(Cosigning::close);
      log.close();
      throw e;
    }
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  /** The log's public key. */
  public VerifierKey verifier() {
    return log.verifier();
  }

  /** Leaves under the newest head. */
  public long size() throws IOException {
    return TiledLog.sizeOf(log.head());
  }

  private Answer answer(Query query) throws IOException, InterruptedException {
    if (query.path().equals("/add-leaf")) {
      return query.method().equals("POST") ? add(query.body()) : Answer.text(405, "POST it");
    }
    if (!query.reads()) {
      return Answer.text(405, "GET it");
    }
    return switch (query.path()) {
      case "/checkpoint" ->
          log.files()
              .find()
              .map(file -> Answer.octets(Answer.TEXT, "no-cache", file))
              .orElse(Answer.text(404, "no checkpoint was published yet"));
      case "/healthz" ->
          log.halted().map(why -> Answer.text(503, why)).orElse(Answer.text(200, "ok"));
      default -> tile(query.path());
    };
  }

  private void measure(Metrics out) throws IOException {
    boolean stands = log.halted().isPresent();
    out.gauge("coffer_log_halted", "1 if an operator has to look: GET /healthz", stands ? 1 : 0);
    if (!stands) {
      out.gauge(
          "coffer_log_tree_size", "Leaves under the newest head", TiledLog.sizeOf(log.head()));
    }
    cosigning.ifPresent(witnesses -> witnesses.measure(out));
  }

  private Answer tile(String path) throws IOException {
    try {
      // Only what is the one way to write a tile's path gets through: no path leads elsewhere.
      TilePath tile = TilePath.parse(path.substring(1));
      return log.files()
          .find(tile)
          .map(file -> Answer.octets(Answer.OCTETS, Answer.IMMUTABLE, file))
          .orElse(Answer.text(404, "no such tile"));
    } catch (Refused e) {
      return Answer.text(404, "checkpoint, tile/L/N[.p/W], tile/entries/N[.p/W]");
    }
  }

  private Answer add(Bytes leaf) throws IOException, InterruptedException {
    if (log.halted().isPresent()) {
      return Answer.text(503, "the log is halted: its operator has to look");
    }
    try {
      log.screen(leaf);
    } catch (Refused e) {
      return refusal(e);
    }
    Optional<Sequencer.Sequenced> sequenced = sequencer.add(leaf, patience.toMillis());
    if (sequenced.isEmpty()) {
      return Answer.text(429, "too many leaves at once: ask again in a moment");
    }
    return switch (sequenced.get().placement()) {
      case Placement.NotAdmitted no -> refusal(no.why());
      case Placement.Placed placed -> proof(placed.index(), sequenced.get().checkpoint());
    };
  }

  private static Answer refusal(Refused e) {
    boolean sequence = e.code() == RefusalCode.OUT_OF_SEQUENCE;
    boolean signature =
        e.code() == RefusalCode.BAD_SIGNATURE || e.code() == RefusalCode.UNKNOWN_SIGNER;
    return Answer.text(sequence ? 409 : signature ? 403 : 400, e.what());
  }

  private Answer proof(long index, Note signed) throws IOException, InterruptedException {
    Note checkpoint = signed;
    int status = 200;
    if (cosigning.isPresent()) {
      Optional<Note> cosigned = cosigning.get().await(index + 1, patience.toMillis());
      checkpoint = cosigned.orElse(signed);
      status = cosigned.isPresent() ? 200 : 202;
    }
    try {
      Bytes proof = proofs.inclusion(index, checkpoint).encode();
      return new Answer(status, PROOF, Answer.NO_STORE, proof);
    } catch (Refused e) {
      throw new IOException("A tile is no tile: run fsck.", e);
    }
  }

  /** Stops taking leaves, sequences those that wait, lets the folder go. */
  @Override
  public void close() throws IOException {
    server.close();
    sequencer.close();
    cosigning.ifPresent(Cosigning::close);
    log.close();
    LOG.log(Level.FINE, "The log stopped");
  }
}
