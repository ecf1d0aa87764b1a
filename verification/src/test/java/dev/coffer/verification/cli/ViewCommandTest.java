package dev.coffer.verification.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.Session;
import dev.coffer.cli.command.CofferCommand;
import dev.coffer.cli.terminal.Terminal;
import dev.coffer.cli.vault.Deployment;
import dev.coffer.client.port.Pause;
import dev.coffer.protocol.crypto.Randomness;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code coffer view} says where it is, serves, and is gone when it was stopped. */
class ViewCommandTest {
  private static final String DIGITS =
      "00112233 44556677 8899aabb ccddeeff 00112233 44556677 8899AABB ccddeeff 46 6a 0e 5c 18 79 5c dd";

  @TempDir private Path directory;

  private Session session(Terminal terminal) {
    return new Session(
        terminal,
        Map.of(
            "COFFER_HOME", directory.resolve("home").toString(),
            "COFFER_ACCOUNT", "alice",
            "XDG_CONFIG_HOME", directory.resolve("config").toString()),
        directory.resolve("user"),
        Clock.systemUTC(),
        Randomness.system(),
        Pause.blocking(),
        Deployment.ELSEWHERE);
  }

  private void done(String... args) {
    ScriptedTerminal terminal = new ScriptedTerminal(DIGITS + "\n", List.of());
    assertEquals(0, CofferCommand.run(session(terminal), args), terminal.errText());
  }

  @Test
  void servesUntilItIsStopped() throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    Files.writeString(data.resolve("a"), "kept");
    done("key", "use", "--digits-stdin");
    done("backup", "-r", directory.resolve("repo").toString(), data.toString());

    PipedInputStream said = new PipedInputStream();
    Terminal terminal = new Heard(new PrintStream(new PipedOutputStream(said), true, UTF_8));
    FutureTask<Integer> view =
        new FutureTask<>(() -> CofferCommand.run(session(terminal), "view", "--json"));
    Thread thread = Thread.ofVirtual().start(view);
    String line = new BufferedReader(new InputStreamReader(said, UTF_8)).readLine();
    assertTrue(line.matches("\\{\"address\":\"http://127\\.0\\.0\\.1:\\d+/[0-9a-f]{32}/\"}"), line);
    URI address = URI.create(line.substring(line.indexOf("http"), line.length() - 2));
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request = HttpRequest.newBuilder(address).build();
    HttpResponse<String> page = client.send(request, BodyHandlers.ofString());
    assertEquals(200, page.statusCode());
    assertTrue(page.body().contains(data + ", 1 file"), page.body());

    thread.interrupt();
    assertEquals(130, view.get(2, TimeUnit.MINUTES));
    assertThrows(ConnectException.class, () -> client.send(request, BodyHandlers.ofString()));
  }

  /** Nobody sits at it; its standard output is read elsewhere. */
  private record Heard(PrintStream out) implements Terminal {
    @Override
    public PrintStream err() {
      return new PrintStream(PrintStream.nullOutputStream(), true, UTF_8);
    }

    @Override
    public InputStream in() {
      return InputStream.nullInputStream();
    }

    @Override
    public boolean interactive() {
      return false;
    }

    @Override
    public Optional<char[]> askHidden(String prompt) {
      return Optional.empty();
    }

    @Override
    public Optional<String> ask(String prompt) {
      return Optional.empty();
    }
  }
}
