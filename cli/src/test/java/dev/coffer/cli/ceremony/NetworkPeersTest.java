package dev.coffer.cli.ceremony;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.PlanSettings;
import dev.coffer.ceremony.plan.Site;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.Folder;
import dev.coffer.ceremony.run.Peers;
import dev.coffer.client.port.Pause;
import dev.coffer.notary.http.Answer;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.http.Handler;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.http.SmallServer;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sites that show their files over HTTP, honest and otherwise. Site 1 looks. */
class NetworkPeersTest {
  private static final Duration MINUTES = Duration.ofMinutes(2);
  private static final String IDENTITY = "site-2.identity";

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private Path own = Path.of("");

  @BeforeEach
  void makeFolder() throws IOException {
    own = Files.createDirectory(folder.resolve("own"));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private static Bytes text(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Three sites on this machine; sites 2 and 3 show their files where {@code servers} listen. */
  private Plan plan(SmallServer... servers) throws Exception {
    StringBuilder text = new StringBuilder("ceremony = net\nhsms = 3\nguess-limit = 10\n");
    text.append("replace-by-login = yes\ndelete-by-login = no\nsimulated = yes\n");
    text.append("tenant.1.name = app\ntenant.1.root-key = ").append("11".repeat(32)).append('\n');
    for (int i = 1; i <= 3; i++) {
      text.append("site.%d.name = town-%d\nsite.%d.host = 127.0.0.1\n".formatted(i, i, i));
      text.append("site.%d.http-port = %d\n".formatted(i, 3 * i));
      text.append("site.%d.peer-port = %d\n".formatted(i, 3 * i + 1));
      text.append("site.%d.raft-port = %d\n".formatted(i, 3 * i + 2));
      text.append("participant.%d.name = person-%d\n".formatted(i, i));
      text.append("participant.%d.key = ssh-ed25519 ".formatted(i));
      text.append("AAAAC3NzaC1lZDI1NTE5AAAAI").append("A".repeat(42)).append("ABCD".charAt(i));
      text.append('\n');
    }
    for (int i = 0; i < servers.length; i++) {
      text.append("site.%d.exchange-port = %d\n".formatted(i + 2, servers[i].port()));
    }
    return PlanSettings.read(Files.writeString(folder.resolve("settings"), text));
  }

  private SmallServer serves(Handler handler) throws IOException {
    SmallServer server =
        SmallServer.start(
            Listen.LOOPBACK,
            0,
            query -> {
              asked.add(query.path());
              return handler.answer(query);
            });
    open.add(server);
    return server;
  }

  private NetworkPeers peers(Plan plan, Pause time, Duration answer) {
    NetworkPeers peers = new NetworkPeers(plan, 1, new DirectoryFolder(own), time, answer);
    open.add(peers);
    return peers;
  }

  /** One whose list is {@code list}, and whose every file is {@code file}. */
  private static Handler lists(String list, Answer file) {
    return query ->
        query.reads(ExchangeServer.PATH + ExchangeServer.LIST) ? Answer.text(200, list) : file;
  }

  private static Answer octets(Bytes content) {
    return Answer.octets(Answer.OCTETS, Answer.NO_STORE, content);
  }

  private static String line(Bytes content, String name) {
    return Hashes.sha256(content).hex() + " " + name;
  }

  @Test
  void whatAnotherShowsIsFetchedOnceAndSeenAgain() throws Exception {
    Bytes said = text("what site 2 says");
    SmallServer server = serves(lists(line(said, IDENTITY), octets(said)));
    NetworkPeers peers = peers(plan(server), Pause.blocking(), MINUTES);
    Folder shown = peers.look().getFirst().shown();
    assertEquals(Optional.of(said), shown.read(IDENTITY));
    assertEquals(Optional.empty(), shown.read("site-2.statement"));
    assertEquals("site 2 (town-2)", shown.toString());
    assertEquals(
        List.of(ExchangeServer.PATH + "files", ExchangeServer.PATH + IDENTITY), List.copyOf(asked));
    // What is here already is not fetched again, and the other is known to have it.
    assertEquals(List.of(), peers.lacking());
    Files.write(own.resolve(IDENTITY), said.toByteArray());
    asked.clear();
    assertEquals(Optional.of(said), peers.look().getFirst().shown().read(IDENTITY));
    assertEquals(List.of(ExchangeServer.PATH + "files"), List.copyOf(asked));
    assertEquals(List.of(), peers.lacking());
    Files.writeString(own.resolve("site-1.identity"), "ours");
    assertEquals(List.of(2), peers.lacking().stream().map(Site::index).toList());
  }

  /** It runs, and has said nothing yet. */
  @Test
  void aSiteThatHasNothingYetIsThere() throws Exception {
    Plan three = plan();
    Path empty = Files.createDirectory(folder.resolve("empty"));
    SmallServer server = ExchangeServer.start(Listen.LOOPBACK, three, new DirectoryFolder(empty));
    open.add(server);
    NetworkPeers peers = peers(plan(server), Pause.blocking(), MINUTES);
    assertEquals(List.of(2), peers.look().stream().map(Peers.Peer::site).toList());
    assertEquals(Map.of(), peers.silent());
  }

  /** A carrier that lies about form or size gives nothing, and keeps nobody else's files away. */
  @Test
  void whoeverAnswersNonsenseIsLeftOutAndNamed() throws Exception {
    Bytes said = text("what site 3 says");
    Bytes large = Bytes.zeros(Folder.OCTETS_MAX + 1);
    String name = line(said, IDENTITY);
    List<Handler> hostile =
        List.of(
            lists(name, octets(large)),
            lists(name, Answer.text(500, "no")),
            lists(name, Answer.text(404, "gone")),
            lists(name + "\n" + name, octets(said)),
            lists(line(said, "../../etc/passwd"), octets(said)),
            lists(line(said, "hsm.process"), octets(said)),
            lists("<html>", octets(said)),
            lists((name + "\n").repeat(2_000), octets(said)),
            query -> Answer.text(301, "elsewhere"));
    SmallServer honest = serves(lists(line(said, "site-3.identity"), octets(said)));
    for (Handler lie : hostile) {
      NetworkPeers peers = peers(plan(serves(lie), honest), Pause.blocking(), MINUTES);
      List<Peers.Peer> there = peers.look();
      assertEquals(List.of(3), there.stream().map(Peers.Peer::site).toList());
      Folder shown = there.getFirst().shown();
      assertEquals("site 3 (town-3)", shown.toString());
      assertEquals(Optional.of(said), shown.read("site-3.identity"));
      assertEquals(List.of(2), List.copyOf(peers.silent().keySet()));
      assertTrue(peers.silent().get(2).startsWith("site 2 (town-2) "), peers.silent().toString());
    }
  }

  /** Only who has no port comes by way of others; of results nothing is fetched. */
  @Test
  void aSiteIsAskedForWhatItSaysItself() throws Exception {
    Bytes said = text("said");
    String list =
        Stream.of(IDENTITY, "site-3.identity", "site-3.transcript", "fleet.bin")
            .map(name -> line(said, name))
            .collect(Collectors.joining("\n"));
    SmallServer second = serves(lists(list, octets(said)));
    SmallServer third = serves(query -> Answer.text(500, "no"));
    Folder shown = peers(plan(second, third), Pause.blocking(), MINUTES).look().getFirst().shown();
    assertEquals(Optional.of(said), shown.read(IDENTITY));
    assertEquals(Optional.empty(), shown.read("site-3.identity"));
    assertEquals(
        List.of("files", IDENTITY, "files").stream().map(ExchangeServer.PATH::concat).toList(),
        List.copyOf(asked));
    asked.clear();
    shown = peers(plan(second), Pause.blocking(), MINUTES).look().getFirst().shown();
    assertEquals(Optional.of(said), shown.read("site-3.identity"));
    assertEquals(4, asked.size(), asked.toString());
  }

  @Test
  void nobodyThereOrNoAnswerInTimeIsLeftOut() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    SmallServer silent =
        serves(query -> {
          end.await();
          return Answer.text(200, "too late");
        });
    SmallServer gone = serves(query -> Answer.text(200, ""));
    gone.close();
    NetworkPeers peers = peers(plan(silent, gone), Pause.blocking(), Duration.ofMillis(300));
    assertEquals(List.of(), peers.look());
    assertEquals(2, peers.silent().size(), peers.silent().toString());
    end.countDown();
  }

  /** Each answer in time, and all together too long. */
  @Test
  void aSiteThatDripsIsLeftOut() throws Exception {
    Bytes said = text("slow");
    AtomicLong nanos = new AtomicLong();
    Pause time =
        new Pause() {
          @Override
          public void await(Duration duration) {}

          @Override
          public long nanoTime() {
            return nanos.get();
          }
        };
    SmallServer server =
        serves(query -> {
          nanos.addAndGet(NetworkPeers.LOOK.toNanos() / 2);
          return lists(
                  line(said, IDENTITY)
                      + "\n"
                      + line(said, "site-2.statement")
                      + "\n"
                      + line(said, "site-3.identity"),
                  octets(said))
              .answer(query);
        });
    NetworkPeers peers = peers(plan(server), time, MINUTES);
    assertEquals(List.of(), peers.look());
    assertEquals("site 2 (town-2) is too slow.", peers.silent().get(2));
  }

  /** What is served is the ceremony's files of that folder, read only. */
  @Test
  void aSiteShowsItsExchangeFolderAndNothingElse() throws Exception {
    Plan plan = plan();
    Path shown = Files.createDirectory(folder.resolve("shown"));
    Files.writeString(shown.resolve(IDENTITY), "said");
    Files.writeString(shown.resolve("secret"), "not for all");
    Files.createSymbolicLink(shown.resolve("site-3.identity"), shown.resolve("secret"));
    SmallServer server = ExchangeServer.start(Listen.LOOPBACK, plan, new DirectoryFolder(shown));
    open.add(server);
    Fetch fetch = new Fetch(MINUTES);
    open.add(fetch);
    URI root = URI.create("http://127.0.0.1:" + server.port() + ExchangeServer.PATH);
    assertEquals(text("said"), fetch.get(root.resolve(IDENTITY), 100).body());
    assertEquals(404, fetch.get(root.resolve("secret"), 100).status());
    assertEquals(404, fetch.get(root.resolve("site-2.statement"), 100).status());
    assertEquals(404, fetch.get(URI.create(root + "..%2fsecret"), 100).status());
    assertEquals(404, fetch.post(root.resolve(IDENTITY), Bytes.wrap(new byte[0]), 100).status());
    assertEquals(413, fetch.post(root.resolve(IDENTITY), text("another"), 100).status());
    assertEquals("said", Files.readString(shown.resolve(IDENTITY)));
    // A link in the folder is no file of it.
    assertEquals(503, fetch.get(root.resolve("site-3.identity"), 100).status());
    Files.delete(shown.resolve("site-3.identity"));
    assertEquals(
        text(line(text("said"), IDENTITY) + "\n"),
        fetch.get(root.resolve(ExchangeServer.LIST), 1000).body());
  }
}
