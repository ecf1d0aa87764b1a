package dev.coffer.analysis.memory;

import dev.coffer.hsm.simulated.HsmProcess;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.port.HsmCaller;
import dev.coffer.protocol.port.HsmFrames;
import dev.coffer.protocol.port.HsmFrames.Frame;
import dev.coffer.protocol.port.HsmMethod;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * An HSM's process as a node starts it, but for a young generation in which everything it ever
 * makes has room: no collection runs unless asked for, so that all garbage can be looked at.
 */
final class HsmUnderDump implements AutoCloseable {
  private final Path folder;
  private final Process process;
  private final SocketChannel channel;

  /**
   * Starts one on {@code folder}/home.
   *
   * @param changed classes that take the place of the real ones, by name
   */
  HsmUnderDump(Path folder, Map<String, byte[]> changed) throws IOException {
    this.folder = folder;
    Path classes = folder.resolve("changed");
    for (Map.Entry<String, byte[]> each : changed.entrySet()) {
      Path file = classes.resolve(each.getKey().replace('.', '/') + ".class");
      Files.createDirectories(file.getParent());
      Files.write(file, each.getValue());
    }
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    process =
        new ProcessBuilder(
                tool("java"),
                "-XX:+UseSerialGC",
                "-Xmx400m",
                "-Xmn320m",
                "-classpath",
                classes + ":" + classPath,
                HsmProcess.class.getName(),
                "--home",
                home().toString(),
                "--socket",
                folder.resolve("s").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader said = process.inputReader();
    if (!"ready".equals(said.readLine())) {
      throw new IllegalStateException("the HSM did not start");
    }
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(folder.resolve("s")));
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  Path home() {
    return folder.resolve("home");
  }

  long pid() {
    return process.pid();
  }

  /** Calls over its socket, one after the other. */
  HsmCaller caller() {
    return new HsmCaller((HsmMethod method, Bytes body) -> {
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

  /** The heap, garbage included, without any collection before. */
  Path dumpAll() throws Exception {
    Path file = folder.resolve("all.hprof");
    diagnose("GC.heap_dump", "-all", file.toString());
    return file;
  }

  /** What is still reachable. The rest is gone afterwards. */
  Path dumpLive() throws Exception {
    Path file = folder.resolve("live.hprof");
    diagnose("GC.heap_dump", file.toString());
    return file;
  }

  private void diagnose(String... command) throws Exception {
    List<String> line = new ArrayList<>(List.of(tool("jcmd"), Long.toString(pid())));
    line.addAll(List.of(command));
    Process jcmd = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!jcmd.waitFor(2, TimeUnit.MINUTES) || jcmd.exitValue() != 0) {
      throw new IllegalStateException("jcmd: " + said);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    process.destroyForcibly();
    process.onExit().join();
  }
}
