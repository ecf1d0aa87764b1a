package dev.coffer.notary.bundle;

import dev.coffer.notary.disk.DirectoryDisk;
import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.http.Answer;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.http.Metrics;
import dev.coffer.notary.http.Query;
import dev.coffer.notary.http.SmallServer;
import dev.coffer.notary.key.Ed25519Key;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.log.RemoteLog;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.plexi.AuditMessage;
import dev.coffer.transparency.text.Decimal;
import dev.coffer.transparency.text.LowerHex;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A notary on HTTP. Thread-safe.
 *
 * <ul>
 *   <li>{@code POST /proposals}: the statement as a note signed by the operator.
 *   <li>{@code GET /proposals/<hash>}: statement, key delta, approvals, for people.
 *   <li>{@code POST /approvals}: an {@link Approval}.
 *   <li>{@code GET /proposals/<hash>/note}: the inner note, once two people approved.
 *   <li>{@code GET /info}, {@code /namespaces}, {@code /namespaces/<ns>}, {@code
 *       /namespaces/<ns>/audits/<epoch>}: what Plexi's clients read.
 *   <li>{@code GET /healthz}, {@code GET /metrics}.
 * </ul>
 */
public final class NotaryServer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(NotaryServer.class.getName());
  private static final String JSON = "application/json";
  private static final String PROPOSALS = "/proposals/";
  private static final String NAMESPACES = "/namespaces";
  private static final int HASH = 32;

  private final Notary notary;
  private final long auditNotBeforeMillis;
  private final SmallServer server;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("observing").factory());
  private final LongAdder unobserved = new LongAdder();
  private final Optional<Fetch> fetch;

  private NotaryServer(
      Notary notary,
      Listen listen,
      long auditNotBeforeMillis,
      Duration observe,
      Optional<Fetch> fetch)
      throws IOException {
    this.notary = notary;
    this.auditNotBeforeMillis = auditNotBeforeMillis;
    this.fetch = fetch;
    this.server = SmallServer.start(listen, Bundle.SIZE_MAX, this::answer, this::measure);
    var ignored =
        timer.scheduleWithFixedDelay(this::observe, 0, observe.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Opens keys, journal and copy of the log, listens, serves.
   *
   * @throws IOException with a sentence that says what to do
   */
  public static NotaryServer start(NotaryConfig config) throws IOException {
    config.rules().check();
    Fetch fetch = new Fetch(Duration.ofSeconds(30));
    try (var opened = new Opened(fetch)) {
      Ed25519Key key = opened.later(config.key().open());
      Ed25519Key auditKey = opened.later(config.auditKey().open());
      Disk disk = opened.later(DirectoryDisk.open(config.home()));
      NoteSigner signer = new NoteSigner(config.own().name(), SignatureType.ED25519, key);
      if (!signer.verifier().equals(config.own())) {
        throw new IOException(
            "The key is not the one that the trust policy names: give the notary's own key.");
      }
      Notary notary =
          Notary.open(
              disk,
              config.rules(),
              signer,
              auditKey,
              config.clock(),
              new RemoteLog(fetch, config.log()),
              config.policy());
      NotaryServer server =
          new NotaryServer(
              notary,
              config.listen(),
              config.auditNotBeforeMillis(),
              config.observe(),
              Optional.of(fetch));
      opened.keep();
      return server;
    }
  }

  /** Serves a notary, which this object closes. */
  public static NotaryServer serve(
      Notary notary, Listen listen, long auditNotBeforeMillis, Duration observe)
      throws IOException {
    return new NotaryServer(notary, listen, auditNotBeforeMillis, observe, Optional.empty());
  }

  private void observe() {
    try {
      notary.observe();
    } catch (IOException | Refused e) {
      unobserved.increment();
      LOG.log(Level.WARNING, "The log cannot be followed", e);
    } catch (RuntimeException e) {
      LOG.log(Level.SEVERE, "A fault of this program", e);
    }
  }

  private void measure(Metrics out) {
    notary.measure(out);
    out.counter(
        "coffer_notary_observe_failures_total",
        "Looks at the log that failed, or met what should not be there",
        unobserved.sum());
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  /** The public half of the key for bundles. */
  public VerifierKey verifier() {
    return notary.verifier();
  }

  private Answer answer(Query query) throws IOException {
    try {
      return switch (query.method()) {
        case "POST" -> post(query);
        case "GET", "HEAD" -> get(query.path());
        default -> Answer.text(405, "GET or POST it");
      };
    } catch (Refused e) {
      boolean sequence = e.code() == RefusalCode.OUT_OF_SEQUENCE;
      boolean signature =
          e.code() == RefusalCode.BAD_SIGNATURE || e.code() == RefusalCode.UNKNOWN_SIGNER;
      return Answer.text(sequence ? 409 : signature ? 403 : 400, e.what());
    }
  }

  private Answer post(Query query) throws IOException, Refused {
    return switch (query.path()) {
      case "/proposals" -> text(notary.propose(query.body()));
      case "/approvals" -> text(notary.approve(query.body()));
      default -> Answer.text(404, "POST /proposals or /approvals");
    };
  }

  private Answer get(String path) throws IOException, Refused {
    if (path.equals("/healthz")) {
      return notary.halted().map(why -> Answer.text(503, why)).orElse(Answer.text(200, "ok"));
    }
    if (path.equals("/info")) {
      return json(info());
    }
    if (path.equals(NAMESPACES)) {
      return json(new JsonWriter().putAll("namespaces", List.of(namespace())));
    }
    String mine = NAMESPACES + "/" + notary.namespace();
    if (path.equals(mine)) {
      return json(namespace());
    }
    if (path.startsWith(mine + "/audits/")) {
      long epoch = Decimal.parse(path.substring((mine + "/audits/").length()), "epoch");
      return notary
          .auditOf(epoch)
          .map(audit -> json(audit.json()))
          .orElse(Answer.text(404, "that epoch was not audited"));
    }
    if (path.startsWith(PROPOSALS)) {
      return proposal(path.substring(PROPOSALS.length()));
    }
    return Answer.text(404, "/info, /namespaces/<ns>/audits/<epoch>, /proposals/<hash>[/note]");
  }

  private Answer proposal(String rest) throws IOException, Refused {
    boolean note = rest.endsWith("/note");
    String hex = note ? rest.substring(0, rest.length() - "/note".length()) : rest;
    Bytes hash = LowerHex.parse(hex, HASH, "hash");
    Answer none = Answer.text(404, note ? "not signed" : "no such proposal");
    if (note) {
      return notary.note(hash).map(n -> Answer.of(200, Answer.TEXT, n.toText())).orElse(none);
    }
    return notary.proposal(hash).map(NotaryServer::text).orElse(none);
  }

  /** To the octet, so that the statement at its end has the proposal's hash. */
  private static Answer text(Proposal proposal) {
    return Answer.of(200, Answer.TEXT, proposal.text());
  }

  private static Answer json(JsonWriter object) {
    return json(object + "\n");
  }

  private static Answer json(String text) {
    return Answer.of(200, JSON, text);
  }

  private JsonWriter info() {
    JsonWriter key =
        new JsonWriter()
            .put("public_key", notary.auditKey().hex())
            .put("not_before", auditNotBeforeMillis);
    return new JsonWriter()
        .putAll("keys", List.of(key))
        .putTexts("logs", List.of(notary.namespace()));
  }

  private JsonWriter namespace() {
    String mine = NAMESPACES + "/" + notary.namespace();
    return new JsonWriter()
        .put("name", notary.namespace())
        .putNull("log_directory")
        .putNull("root")
        .put("status", "Online")
        .put("reports_uri", mine + "/reports")
        .put("audits_uri", mine + "/audits")
        .put("signature_version", AuditMessage.CIPHERSUITE)
        .put("ciphersuite", AuditMessage.CIPHERSUITE);
  }

  @Override
  public void close() throws IOException {
    timer.shutdownNow();
    server.close();
    notary.close();
    fetch.ifPresent(Fetch::close);
  }
}
