package dev.coffer.hsm.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.coffer.hsm.HsmCore;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.port.HsmCaller;
import dev.coffer.protocol.port.HsmFrames;
import dev.coffer.protocol.port.HsmFrames.Frame;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program around the core: how it starts, what it says, when it ends. */
@Tag("long")
final class HsmProcessTest {
  @TempDir private Path folder;

  /** One run, whose end is told instead of halting the tests. */
  private static final class Run {
    final CompletableFuture<Void> ready = new CompletableFuture<>();
    final CompletableFuture<Integer> status = new CompletableFuture<>();
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final ByteArrayOutputStream err = new ByteArrayOutputStream();
    final Thread thread;

    Run(InputStream hostsEnd, String... arguments) {
      PrintStream told = new PrintStream(new Line(out, ready), true, StandardCharsets.UTF_8);
      PrintStream wrong = new PrintStream(err, true, StandardCharsets.UTF_8);
      HsmProcess process = new HsmProcess(hostsEnd, told, wrong, status::complete);
      thread = Thread.ofPlatform().daemon().start(() -> process.run(arguments));
    }

    /** Waits until it listens; fails at once if it has ended instead. */
    void awaitReady() throws Exception {
      CompletableFuture.anyOf(ready, status.thenAccept(code -> fail("ended with " + code))).get();
    }

    String out() {
      return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
      return err.toString(StandardCharsets.UTF_8);
    }

    /** What halting does at once in earnest: nobody listens any more. */
    void kill() throws InterruptedException {
      thread.interrupt();
      thread.join();
    }
  }

  /** Tells when a line is complete. */
  private static final class Line extends OutputStream {
    private final OutputStream to;
    private final CompletableFuture<Void> complete;

    Line(OutputStream to, CompletableFuture<Void> complete) {
      this.to = to;
      this.complete = complete;
    }

    @Override
    public void write(int octet) throws IOException {
      to.write(octet);
      if (octet == '\n') {
        complete.complete(null);
      }
    }
  }

  private String[] arguments() {
    return new String[] {
      "--home", folder.resolve("home").toString(), "--socket", folder.resolve("s").toString()
    };
  }

  private HsmCaller caller(SocketChannel channel) throws IOException {
    channel.connect(UnixDomainSocketAddress.of(folder.resolve("s")));
    return new HsmCaller((method, body) -> {
      try {
        HsmFrames.write(channel, new Frame(1, method.number(), body));
        Frame answer = HsmFrames.read(channel).orElseThrow();
        if (answer.tag() == HsmFrames.REJECTED) {
          throw HsmFrames.decodeRejected(answer.body());
        }
        return answer.body();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  private HsmIdentity identity() throws Exception {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      HsmCaller caller = caller(channel);
      Rejected young = assertThrows(Rejected.class, caller::fleet);
      assertEquals(RejectionCode.WRONG_PHASE, young.code());
      return caller.identify();
    }
  }

  @Test
  void itServesUntilItsHostGoesAwayAndIsTheSameHsmAfterwards() throws Exception {
    HsmIdentity first = null;
    for (int life = 0; life < 2; life++) {
      PipedInputStream hostsEnd = new PipedInputStream();
      try (PipedOutputStream host = new PipedOutputStream(hostsEnd)) {
        Run run = new Run(hostsEnd, arguments());
        run.awaitReady();
        HsmIdentity identity = identity();
        assertTrue(identity.simulated());
        assertEquals(first == null ? identity : first, identity);
        first = identity;
        host.write('x');
        host.flush();
        assertEquals(identity, identity());
        assertFalse(run.status.isDone(), "what the host says there means nothing");
        host.close();
        assertEquals(0, run.status.get());
        assertEquals("ready" + System.lineSeparator(), run.out());
        assertEquals("", run.err());
        run.kill();
      }
    }
  }

  @Test
  void aHostsEndThatBreaksIsAnEndToo() throws Exception {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the pipe is broken");
          }
        };
    Run run = new Run(broken, arguments());
    assertEquals(0, run.status.get());
    run.ready.get();
    run.kill();
  }

  @Test
  void otherArgumentsAreAnsweredWithTheUsage() throws Exception {
    String home = folder.resolve("home").toString();
    String socket = folder.resolve("s").toString();
    for (List<String> arguments :
        List.of(
            List.<String>of(),
            List.of("--home", home),
            List.of("--home", home, "--socket"),
            List.of("inspect"),
            List.of("inspect", home, home),
            List.of("--home", home, "--home", home),
            List.of("--socket", socket, "--socket", socket),
            List.of(home, "--home", socket, "--socket"),
            List.of("--home", home, "--socket", socket, "--verbose"),
            List.of("--home", home, "--socket", socket, "--export", "keys"))) {
      Run run = new Run(new ByteArrayInputStream(new byte[0]), arguments.toArray(String[]::new));
      assertEquals(64, run.status.get(), arguments.toString());
      run.thread.join();
      assertEquals("", run.out());
      assertEquals(
          "usage: coffer-hsm --home DIR --socket PATH, or: coffer-hsm inspect DIR",
          run.err().strip());
      assertFalse(Files.exists(Path.of(home)), "nothing was made");
    }
  }

  @Test
  void theOrderOfTheOptionsIsFree() throws Exception {
    String[] a = arguments();
    PipedInputStream hostsEnd = new PipedInputStream();
    try (PipedOutputStream host = new PipedOutputStream(hostsEnd)) {
      Run run = new Run(hostsEnd, a[2], a[3], a[0], a[1]);
      run.awaitReady();
      assertTrue(identity().simulated());
      host.close();
      assertEquals(0, run.status.get());
      run.kill();
    }
  }

  @Test
  void aHomeInUseIsLeftAlone() throws Exception {
    try (FilePlatform other = new FilePlatform(folder.resolve("home"))) {
      Run run = new Run(new ByteArrayInputStream(new byte[0]), arguments());
      assertEquals(70, run.status.get());
      run.thread.join();
      assertEquals("", run.out());
      assertTrue(run.err().contains("in use by another HSM process"), run.err());
      assertTrue(other.load().isEmpty());
    }
  }

  @Test
  void aDamagedHomeIsSaidToBeOne() throws Exception {
    try (FilePlatform platform = new FilePlatform(folder.resolve("home"))) {
      new HsmCore(platform);
    }
    Path state = folder.resolve("home").resolve("state.sealed");
    byte[] damaged = Files.readAllBytes(state);
    damaged[damaged.length - 1] ^= 1;
    Files.write(state, damaged);
    Run run = new Run(new ByteArrayInputStream(new byte[0]), arguments());
    assertEquals(70, run.status.get());
    run.thread.join();
    assertEquals("", run.out());
    assertEquals(
        "coffer-hsm stopped: non-volatile memory:"
            + " the sealed state does not open with this home's key: put the right one back",
        run.err().strip());
  }

  @Test
  void ofOthersExceptionsOnlyTheClassIsShown() throws Exception {
    Run run =
        new Run(
            new ByteArrayInputStream(new byte[0]),
            "--home",
            "secret\0name",
            "--socket",
            folder.resolve("s").toString());
    assertEquals(70, run.status.get());
    run.thread.join();
    assertEquals("coffer-hsm stopped: java.nio.file.InvalidPathException", run.err().strip());
  }
}
