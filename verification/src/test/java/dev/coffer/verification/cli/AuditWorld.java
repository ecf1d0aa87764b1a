package dev.coffer.verification.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.CofferCommand;
import dev.coffer.cli.vault.Deployment;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Tile;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.Tlog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What auditors look at, on loopback: a log's files, a receiver of alerts, a notary's audits. Each
 * lies as a test says. Time passes when somebody waits, and not otherwise.
 */
final class AuditWorld implements AutoCloseable {
  /** One alert as its receiver got it. */
  record Posted(String type, String body) {}

  final TransparencyWorld honest = new TransparencyWorld();
  final List<Posted> posted = new ArrayList<>();

  /** What the receiver answers, in this order, and then 204. */
  final Deque<Integer> webhookStatuses = new ArrayDeque<>();

  /** What happens when an alert has arrived, before it is answered. */
  Consumer<String> whenPosted = body -> {};

  /** What the notary answers, by path. */
  final Map<String, String> audits = new HashMap<>();

  /** Things that happen while somebody waits, one each time. */
  final Deque<Runnable> whileWaiting = new ArrayDeque<>();

  final Path directory;
  final Path copy;
  Note checkpoint;
  List<Bytes> leaves = List.of();
  boolean logDown;
  boolean garbled;
  long now = TransparencyWorld.START;
  int waits;
  private final HttpServer server;

  AuditWorld(Path directory) throws IOException {
    this.directory = directory;
    this.copy = directory.resolve("copy");
    Files.write(
        policyFile(),
        TransparencyWorld.signed(honest.policy(), honest.roots.subList(0, 3)).toByteArray());
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/log/", this::log);
    server.createContext("/notary/", this::audit);
    server.createContext("/alerts", this::alert);
    server.start();
    publish(honest);
    show(honest);
  }

  Path policyFile() {
    return directory.resolve("trust-policy.note");
  }

  URI address(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** Logs one more bundle there, with one more fleet, and shows it without cosignatures. */
  Bytes publish(TransparencyWorld world) {
    Bytes leaf = world.publish(next(world));
    show(world, world.checkpoint(world.leaves().size()));
    return leaf;
  }

  /** The bundle that follows there. */
  Bundle next(TransparencyWorld world) {
    ListedFleet[] fleets =
        IntStream.rangeClosed(0, world.leaves().size())
            .mapToObj(i -> TransparencyWorld.fleet("fleet " + i))
            .map(fleet -> TransparencyWorld.listed(fleet, FleetState.ANNOUNCED))
            .toArray(ListedFleet[]::new);
    return world.next(now, fleets);
  }

  /** Shows the newest of that world's leaves, as a quorum of witnesses cosigned it now. */
  void show(TransparencyWorld world) {
    show(world, world.cosigned(now));
  }

  void show(TransparencyWorld world, Note signed) {
    leaves = world.leaves();
    checkpoint = signed;
  }

  private void log(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring("/log/".length());
    if (logDown) {
      answer(exchange, 503, Bytes.EMPTY);
    } else if (path.equals("checkpoint")) {
      answer(exchange, 200, checkpoint.encode());
    } else {
      answer(exchange, 200, tile(path));
    }
  }

  private Bytes tile(String path) throws IOException {
    try {
      TilePath tile = TilePath.parse(path);
      List<Bytes> entries = new ArrayList<>(leaves.subList(0, tile.width()));
      if (garbled) {
        entries.set(0, Utf8.encode("garbled"));
      }
      return tile.level() == TilePath.ENTRIES
          ? Tile.encodeEntries(entries)
          : Tile.encodeHashes(entries.stream().map(Tlog::leafHash).toList());
    } catch (Refused e) {
      throw new IOException(e);
    }
  }

  private void audit(HttpExchange exchange) throws IOException {
    String json = audits.get(exchange.getRequestURI().getPath().substring("/notary".length()));
    answer(exchange, json == null ? 404 : 200, Utf8.encode(json == null ? "" : json));
  }

  private void alert(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    posted.add(new Posted(exchange.getRequestHeaders().getFirst("Content-Type"), body));
    whenPosted.accept(body);
    Integer status = webhookStatuses.poll();
    answer(exchange, status == null ? 204 : status, Bytes.EMPTY);
  }

  private static void answer(HttpExchange exchange, int status, Bytes body) throws IOException {
    exchange.sendResponseHeaders(status, body.size() == 0 ? -1 : body.size());
    exchange.getResponseBody().write(body.toByteArray());
    exchange.close();
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public ZoneOffset getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return Instant.ofEpochSecond(now);
      }
    };
  }

  /** Runs a command about this log. */
  CommandLineUser.Ran run(String... words) {
    ScriptedTerminal terminal = new ScriptedTerminal("", List.of());
    Map<String, String> environment =
        Map.of(
            "COFFER_HOME", directory.toString(),
            "XDG_CONFIG_HOME", directory.resolve("config").toString());
    Session session =
        new Session(
            terminal,
            environment,
            directory,
            clock(),
            Randomness.system(),
            duration -> {
              now += duration.toSeconds();
              waits++;
              if (waits > 10_000) {
                throw new AssertionError("waits for ever");
              }
              Runnable next = whileWaiting.poll();
              if (next != null) {
                next.run();
              }
            },
            Deployment.ELSEWHERE);
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--policy", policyFile().toString(), "--log", address("/log").toString()));
    int status = CofferCommand.run(session, all.toArray(String[]::new));
    return new CommandLineUser.Ran(
        String.join(" ", all), status, terminal.outText(), terminal.errText());
  }

  /** Monitors with a receiver of alerts. */
  CommandLineUser.Ran monitor(String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "audit",
                "monitor",
                "--dir",
                copy.toString(),
                "--webhook",
                address("/alerts").toString()));
    words.addAll(List.of(more));
    return run(words.toArray(String[]::new));
  }

  /** The kinds of alerts that the receiver got, in order. */
  List<String> kinds() {
    return posted.stream()
        .map(alert -> alert.body().replaceAll("(?s).*\"alert\":\"([A-Z_]+)\".*", "$1"))
        .toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
