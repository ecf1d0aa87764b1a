package dev.coffer.cli.view;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.backup.BackupKey;
import dev.coffer.backup.ProgressListener;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.repository.Repository;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups that are looked into, by clients of others too. */
class ViewServerTest {
  private static final Instant START = Instant.parse("2030-01-02T03:04:05Z");

  @TempDir private Path home;
  private Path data;
  private BackupKey key;
  private ViewServer view;
  private final HttpClient client = HttpClient.newHttpClient();
  private final byte[] large = new byte[9 << 20];

  @BeforeEach
  void make() throws Exception {
    data = Files.createDirectories(home.resolve("data/folder"));
    new Random(7).nextBytes(large);
    Files.write(data.resolve("large"), large);
    Files.setLastModifiedTime(data.resolve("large"), FileTime.from(START));
    for (String name : List.of("a + b%20&c", "<script>", "grüße 🙂", "back\\slash\ttab", "empty")) {
      Files.writeString(data.resolve(name), name.equals("empty") ? "" : name);
    }
    Files.createLink(data.resolve("z further name"), data.resolve("large"));
    Files.createSymbolicLink(data.resolve("link"), Path.of("large"));
    byte[] k = new byte[32];
    try (SecretBytes secret = SecretBytes.copyOf(k)) {
      key = BackupKey.derive(secret);
    }
    backup(START);
    view = ViewServer.start(repository(START), 0, Randomness.system());
  }

  @AfterEach
  void close() {
    if (view != null) {
      view.close();
    }
    key.close();
  }

  private Repository repository(Instant now) throws Exception {
    Clock clock = Clock.fixed(now, ZoneOffset.UTC);
    return Repository.open(FolderStore.at(home.resolve("repo")), key, clock, Runnable::run);
  }

  private void backup(Instant now) throws Exception {
    repository(now).backup(data.getParent(), ProgressListener.NONE);
  }

  private HttpResponse<byte[]> send(String method, String place, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(place))
            .method(method, HttpRequest.BodyPublishers.noBody());
    return client.send(
        (headers.length > 0 ? request.headers(headers) : request).build(),
        BodyHandlers.ofByteArray());
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  /** The places that a directory names, itself first. */
  private List<String> places(String directory) throws Exception {
    HttpResponse<byte[]> answer = send("PROPFIND", directory, "Depth", "1");
    assertEquals(207, answer.statusCode());
    String origin = view.address().substring(0, view.address().indexOf('/', 8));
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(answer.body()));
    return Arrays.stream(text(answer).split("<D:href>"))
        .skip(1)
        .map(part -> origin + part.substring(0, part.indexOf('<')))
        .toList();
  }

  private String folder() throws Exception {
    return places(view.address()).get(1) + "folder/";
  }

  @Test
  void filesWholeAndInParts() throws Exception {
    String place = folder() + "large";
    HttpResponse<byte[]> whole = send("GET", place);
    assertEquals(200, whole.statusCode());
    assertArrayEquals(large, whole.body());
    assertEquals("Wed, 2 Jan 2030 03:04:05 GMT", whole.headers().firstValue("Last-Modified").get());
    assertArrayEquals(large, send("GET", folder() + "z%20further%20name").body());
    for (int[] part : new int[][] {{0, 0}, {5, 9}, {(4 << 20) - 3, 5 << 20}, {1 << 20, 9 << 20}}) {
      HttpResponse<byte[]> some = send("GET", place, "Range", "bytes=" + part[0] + "-" + part[1]);
      assertEquals(206, some.statusCode());
      int end = Math.min(large.length, part[1] + 1);
      assertArrayEquals(Arrays.copyOfRange(large, part[0], end), some.body());
      assertEquals(
          "bytes " + part[0] + "-" + (end - 1) + "/" + large.length,
          some.headers().firstValue("Content-Range").get());
    }
    byte[] last = Arrays.copyOfRange(large, large.length - 7, large.length);
    assertArrayEquals(last, send("GET", place, "Range", "bytes=-7").body());
    assertEquals(416, send("GET", place, "Range", "bytes=9437184-").statusCode());
    assertEquals(200, send("GET", place, "Range", "bytes=9-5").statusCode());
    assertEquals(200, send("GET", place, "Range", "bytes=0-1,3-4").statusCode());
    assertEquals(200, send("GET", place, "Range", "bytes=0-1", "If-Range", "x").statusCode());
    HttpResponse<byte[]> head = send("HEAD", place);
    assertEquals("9437184", head.headers().firstValue("Content-Length").get());
    assertEquals(0, head.body().length);
    assertEquals(0, send("GET", folder() + "empty").body().length);
  }

  @Test
  void everyNameLeadsToItsFile() throws Exception {
    List<String> places = places(folder());
    assertEquals(8, places.size(), places.toString());
    assertTrue(places.stream().noneMatch(place -> place.endsWith("link")), "no links");
    for (String place : places.subList(1, places.size())) {
      String content = text(send("GET", place));
      if (content.length() < 100 && !content.isEmpty()) {
        String name = URI.create(place).getPath();
        assertTrue(
            name.replace("\\0134", "\\").replace("\\0011", "\t").endsWith("/" + content), name);
      }
    }
    // What has a meaning in XML may stand in a path as it is.
    assertEquals(1, places(folder() + "a%20+%20b%2520&c").size());
    String page = text(send("GET", folder()));
    assertTrue(page.contains(">&lt;script&gt;</a>"), page);
    assertFalse(page.contains("<script"), page);
    assertTrue(page.contains("<td>link</td>") && page.contains("a link"), page);
    assertEquals(301, send("GET", folder().replaceFirst("/$", "")).statusCode());
  }

  @Test
  void whoDoesNotKnowTheAddressLearnsNothing() throws Exception {
    assertTrue(view.address().matches("http://127\\.0\\.0\\.1:\\d+/[0-9a-f]{32}/"));
    String origin = view.address().substring(0, view.address().length() - 33);
    for (String wrong : List.of("", "0".repeat(32) + "/", "x", "../")) {
      for (String method : List.of("GET", "PROPFIND", "OPTIONS", "PUT")) {
        assertEquals(404, send(method, origin + wrong).statusCode(), method + wrong);
      }
    }
    assertEquals(404, send("GET", view.address() + "nothing/").statusCode());
    assertEquals(404, send("GET", folder() + "%2e%2e/%2e%2e/x").statusCode());
    assertEquals(404, send("GET", folder() + "link").statusCode());
    String policy = send("GET", folder()).headers().firstValue("Content-Security-Policy").get();
    assertEquals("default-src 'none'; sandbox allow-downloads", policy);
  }

  @Test
  void nothingCanBeWritten() throws Exception {
    long before = size();
    for (String method :
        List.of("PUT", "DELETE", "MKCOL", "MOVE", "COPY", "PROPPATCH", "LOCK", "POST")) {
      assertEquals(405, send(method, folder() + "large").statusCode(), method);
    }
    assertEquals(403, send("PROPFIND", folder(), "Depth", "infinity").statusCode());
    assertEquals(403, send("PROPFIND", folder()).statusCode());
    HttpResponse<byte[]> options = send("OPTIONS", folder());
    assertEquals("1", options.headers().firstValue("DAV").get());
    assertEquals(before, size());
  }

  private long size() throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve("repo"))) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void aBackupThatIsMadeMeanwhileIsThere() throws Exception {
    assertEquals(2, places(view.address()).size());
    Files.writeString(data.resolve("new"), "new");
    backup(START.plusSeconds(60));
    assertEquals(3, places(view.address()).size());
    assertEquals("new", text(send("GET", folder() + "new")));
  }

  @Test
  void aDamagedFileIsNeverTakenForWhole() throws Exception {
    String place = folder() + "large";
    try (Stream<Path> files = Files.walk(home.resolve("repo"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.size(file) > 1 << 19) {
          byte[] octets = Files.readAllBytes(file);
          octets[octets.length / 2] ^= 1;
          Files.write(file, octets);
        }
      }
    }
    HttpResponse<byte[]> answer = send("GET", place);
    assertEquals(500, answer.statusCode());
    assertTrue(text(answer).startsWith("The file is damaged"), text(answer));
  }

  @Test
  void inAFileThatIsDamagedFurtherOnTheAnswerBreaksOff() throws Exception {
    String place = folder() + "large";
    assertArrayEquals(Arrays.copyOf(large, 10), send("GET", place, "Range", "bytes=0-9").body());
    try (Stream<Path> files = Files.walk(home.resolve("repo"))) {
      files
          .filter(Files::isRegularFile)
          .filter(file -> file.toFile().length() > 1 << 19)
          .forEach(file -> file.toFile().delete());
    }
    // The first piece is in memory; the next one is gone.
    assertThrows(IOException.class, () -> send("GET", place));
  }

  @Test
  void otherPeoplesClientsReadIt() throws Exception {
    boolean installed = isInstalled("curl") && isInstalled("rclone");
    if (!installed) {
      System.out.println("SKIPPED ViewServerTest: the programs curl and rclone are not installed");
    }
    assumeTrue(installed, "curl or rclone is not installed");
    run("curl", "-sf", "-o", "part", "-r", "4194300-4194310", folder() + "large");
    assertArrayEquals(
        Arrays.copyOfRange(large, 4194300, 4194311), Files.readAllBytes(home.resolve("part")));
    run(
        "rclone",
        "--config=",
        "--webdav-url=" + view.address(),
        "copy",
        ":webdav:",
        home.resolve("copy").toString());
    try (Stream<Path> copied = Files.walk(home.resolve("copy"))) {
      List<Path> files = copied.filter(Files::isRegularFile).toList();
      assertEquals(7, files.size(), files.toString());
      for (Path file : files) {
        String name = file.getFileName().toString();
        Path original = data.resolve(name.replace("\\0134", "\\").replace("\\0011", "\t"));
        assertArrayEquals(Files.readAllBytes(original), Files.readAllBytes(file), name);
        assertEquals(
            Files.getLastModifiedTime(original).toInstant().getEpochSecond(),
            Files.getLastModifiedTime(file).toInstant().getEpochSecond());
      }
    }
  }

  private static boolean isInstalled(String program) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  private void run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("said").toFile())
            .start();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), "it does not end");
    assertEquals(0, process.exitValue(), Files.readString(home.resolve("said")));
  }
}
