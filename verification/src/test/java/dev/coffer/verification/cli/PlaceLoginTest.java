package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who hears a login for WebDAV: the server that it is for, and no other. */
@Tag("long")
class PlaceLoginTest {
  private static final String DIGITS =
      "00112233 44556677 8899aabb ccddeeff 00112233 44556677 8899AABB ccddeeff 46 6a 0e 5c 18 79 5c dd";
  private static final String WRITER =
      "3286607320ca37973d806b9e014d7b2ee7fee1c08de580113b4babb06117b448";

  @TempDir private Path home;
  private Server mine;
  private Server other;
  private CommandLineUser user;
  private String password;
  private String digits;

  /** As much of WebDAV as a repository needs, and who asked. */
  private static final class Server {
    final List<String> logins = new CopyOnWriteArrayList<>();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final HttpServer server;

    Server() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", this::answer);
      server.start();
    }

    String at(String path) {
      return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** How many requests came with a login, and how many without. */
    List<Long> withAndWithout() {
      long without = logins.stream().filter(String::isEmpty).count();
      return List.of(logins.size() - without, without);
    }

    private void answer(HttpExchange exchange) throws IOException {
      try (exchange) {
        String login = exchange.getRequestHeaders().getFirst("Authorization");
        logins.add(login == null ? "" : login);
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        switch (exchange.getRequestMethod()) {
          case "PUT" -> {
            files.put(path, body);
            say(exchange, 201, new byte[0]);
          }
          case "MOVE" -> {
            String to = exchange.getRequestHeaders().getFirst("Destination");
            files.put(URI.create(to).getPath(), files.remove(path));
            say(exchange, 201, new byte[0]);
          }
          case "DELETE" -> say(exchange, files.remove(path) == null ? 404 : 204, new byte[0]);
          case "GET" -> {
            byte[] file = files.get(path);
            say(exchange, file == null ? 404 : 200, file == null ? new byte[0] : file);
          }
          case "PROPFIND" -> say(exchange, 207, list(path));
          default -> say(exchange, 201, new byte[0]);
        }
      }
    }

    private byte[] list(String folder) {
      TreeSet<String> responses = new TreeSet<>();
      files.forEach((path, content) -> {
        if (path.startsWith(folder)) {
          int slash = path.indexOf('/', folder.length());
          String name = slash < 0 ? path : path.substring(0, slash + 1);
          String kind =
              slash < 0
                  ? "<getcontentlength>" + content.length + "</getcontentlength>"
                  : "<resourcetype><collection/></resourcetype>";
          responses.add("<response><href>" + name + "</href>" + kind + "</response>");
        }
      });
      String all = "<multistatus xmlns=\"DAV:\">" + String.join("", responses) + "</multistatus>";
      return all.getBytes(StandardCharsets.UTF_8);
    }

    private static void say(HttpExchange exchange, int status, byte[] body) throws IOException {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @BeforeEach
  void start() throws IOException {
    mine = new Server();
    other = new Server();
    user = CommandLineUser.of(home.resolve("home"), "ada");
    Files.createDirectories(home.resolve("photos"));
    Files.writeString(home.resolve("photos/island.jpg"), "not really a picture");
    digits = Files.writeString(home.resolve("digits"), DIGITS + "\n").toString();
    Path file =
        Files.createFile(
            home.resolve("password"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    password = Files.writeString(file, "secret\n").toString();
    user.run("key", "use", "--digits-file", digits).exits(0);
  }

  @AfterEach
  void stop() {
    mine.server.stop(0);
    other.server.stop(0);
  }

  private CommandLineUser.Ran withLogin(String... words) {
    String[] all = Arrays.copyOf(words, words.length + 4);
    List<String> login = List.of("--webdav-user", "ada", "--webdav-password-file", password);
    for (int i = 0; i < login.size(); i++) {
      all[words.length + i] = login.get(i);
    }
    return user.run(all);
  }

  private String photos() {
    return home.resolve("photos").toString();
  }

  private String openBox(String place) {
    String folder = home.resolve("photos/messages").toString();
    return user.run("deposit", "open", "--at", place, "--into", folder, "--writer", WRITER)
        .exits(0)
        .out()
        .lines()
        .filter(line -> line.startsWith("age1"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aCopyOnAnotherServerDoesNotGetIt() {
    withLogin("backup", "-r", mine.at("/repository"), photos()).exits(0);
    withLogin("copy", "-r", mine.at("/repository"), "--to", other.at("/copy"))
        .exits(0)
        .says("Copied 1 backup");
    assertEquals(0, mine.withAndWithout().get(1), "each request of the repository's has it");
    assertEquals(0, other.withAndWithout().get(0), "no request elsewhere has");
    assertFalse(other.logins.isEmpty());
  }

  @Test
  void anInboxOnAnotherServerDoesNotGetIt() {
    openBox(other.at("/inbox"));
    withLogin("backup", "-r", mine.at("/repository"), photos()).exits(0);
    assertEquals(0, mine.withAndWithout().get(1));
    assertEquals(0, other.withAndWithout().get(0));
    assertFalse(other.logins.isEmpty());
  }

  @Test
  void anInboxAndACopyOnTheSameServerDo() {
    openBox(mine.at("/inbox"));
    withLogin("backup", "-r", mine.at("/repository"), photos()).exits(0);
    withLogin("copy", "-r", mine.at("/repository"), "--to", mine.at("/copy")).exits(0);
    assertEquals(0, mine.withAndWithout().get(1));
  }

  /** A setting is for the usual repository, and not for wherever a copy goes once. */
  @Test
  void whereTheRepositoryWantsNoneTheCommandLineAloneIsForTheCopy() throws Exception {
    String folder = home.resolve("disk").toString();
    user.run("backup", "-r", folder, photos()).exits(0);
    Path settings =
        Files.writeString(
            home.resolve("settings"), "webdav-user=ada\nwebdav-password-file=" + password + "\n");
    user.run("copy", "-r", folder, "--to", other.at("/copy"), "--config", settings.toString())
        .exits(0);
    assertEquals(0, other.withAndWithout().get(0));
    withLogin("copy", "-r", folder, "--to", mine.at("/copy")).exits(0);
    assertEquals(0, mine.withAndWithout().get(1));
  }

  private Map<String, String> settings(String repository) {
    return Map.of(
        "COFFER_REPOSITORY",
        repository,
        "COFFER_WEBDAV_USER",
        "ada",
        "COFFER_WEBDAV_PASSWORD_FILE",
        password);
  }

  /** Whoever makes somebody type an address would get it otherwise. */
  @Test
  void aSettingIsForTheServerThatSettingsName() {
    Map<String, String> settings = settings(mine.at("/repository"));
    user.runWith(settings, "backup", photos()).exits(0);
    user.runWith(settings, "backup", "-r", mine.at("/second"), photos()).exits(0);
    assertEquals(0, mine.withAndWithout().get(1));
    user.runWith(settings, "backup", "-r", other.at("/repository"), photos()).exits(0);
    user.runWith(settings, "key", "use", "--yes", "-r", other.at("/"), "--digits-file", digits)
        .exits(0);
    String box = openBox(other.at("/inbox"));
    String server = home.resolve("server").toString();
    user.run("deposit", "writer", server).exits(0);
    user.runWith(
            settings,
            "deposit",
            "put",
            photos() + "/island.jpg",
            "--as",
            server,
            "--box",
            box,
            "--at",
            other.at("/inbox"))
        .exits(2)
        .warns("do not say for which server");
    assertEquals(0, other.withAndWithout().get(0), "no request elsewhere has it");
    assertFalse(other.logins.isEmpty());
  }

  @Test
  void aScheduleDoesNotMakeASettingMore() {
    String[] words = {
      "schedule", photos(), "--program", "/bin/sh", "--with", "crontab", "--print", "-r"
    };
    String[] there = Arrays.copyOf(words, words.length + 1);
    there[words.length] = mine.at("/second");
    Map<String, String> settings = settings(mine.at("/repository"));
    user.runWith(settings, there).exits(0).says("--webdav-password-file");
    there[words.length] = other.at("/repository");
    CommandLineUser.Ran ran = user.runWith(settings, there).exits(0).says("--repository");
    assertFalse(ran.out().contains("webdav"), ran.toString());
  }

  @Test
  void settingsThatNameNoServerAreForNone() {
    user.runWith(settings(""), "backup", "-r", mine.at("/repository"), photos())
        .exits(2)
        .warns("The settings hold a login for WebDAV, and do not say for which server.");
    assertEquals(List.of(), mine.logins);
  }
}
