package dev.coffer.hsm.tpm.harness;

import dev.coffer.hsm.tpm.TpmLink;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An emulated TPM of its own for a test: its state lies in a folder, it answers on a socket. */
public final class Swtpm implements AutoCloseable {
  public static final String SKIP = "no swtpm (package swtpm) to keep keys in";

  private static final int PCR_EXTEND = 0x182;
  private static final int CLEAR = 0x126;
  private static final int LOCKOUT = 0x4000000a;

  private final Path folder;

  /** One in {@code folder}, whose path is short enough for a socket in it; it does not run yet. */
  public Swtpm(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    Files.createDirectories(state());
  }

  public static boolean here() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(at -> Files.isExecutable(Path.of(at, "swtpm")));
  }

  private Path state() {
    return folder.resolve("state");
  }

  private Path socket() {
    return folder.resolve("s");
  }

  private Path pid() {
    return folder.resolve("pid");
  }

  /** What the setting {@code tpm} says to reach it. */
  public String place() {
    return "unix:" + socket();
  }

  /** Switches it on: PCRs are as a machine's that has measured nothing. */
  public void start() throws IOException, InterruptedException {
    for (Path old : new Path[] {socket(), folder.resolve("s.ctrl"), pid()}) {
      Files.deleteIfExists(old);
    }
    Process process =
        new ProcessBuilder(
                "swtpm",
                "socket",
                "--tpm2",
                "--daemon",
                "--tpmstate",
                "dir=" + state(),
                "--pid",
                "file=" + pid(),
                "--server",
                "type=unixio,path=" + socket(),
                "--ctrl",
                "type=unixio,path=" + folder.resolve("s.ctrl"),
                "--flags",
                "not-need-init,startup-clear")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    // It returns once the daemon listens.
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("swtpm does not start");
    }
  }

  /** Switches it off, as a power cut does. */
  public void stop() throws IOException {
    if (Files.exists(pid())) {
      ProcessHandle.of(Long.parseLong(Files.readString(pid()).strip()))
          .ifPresent(daemon -> {
            daemon.destroyForcibly();
            daemon.onExit().join();
          });
      Files.deleteIfExists(pid());
    }
  }

  public void restart() throws IOException, InterruptedException {
    stop();
    start();
  }

  /** Copies its state, while it is off, into {@code copy}. */
  public void save(Path copy) throws IOException {
    copyFiles(state(), copy);
  }

  /** Puts a state back, while it is off. */
  public void putBack(Path copy) throws IOException {
    copyFiles(copy, state());
  }

  /** Forgets all, while it is off: another chip. */
  public void exchange() throws IOException {
    try (Stream<Path> files = Files.list(state())) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private static void copyFiles(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(
            file, to.resolve(file.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Extends a PCR, as a machine does that starts another program. Nobody may be connected. */
  public void extend(int pcr) throws IOException {
    ByteBuffer rest = ByteBuffer.allocate(4 + 2 + 32).putInt(1).putShort((short) 0x0b);
    run(PCR_EXTEND, pcr, rest.array());
  }

  /** Clears it, as its firmware's menu does. Nobody may be connected. */
  public void clear() throws IOException {
    run(CLEAR, LOCKOUT, new byte[0]);
  }

  private void run(int command, int handle, byte[] parameters) throws IOException {
    ByteBuffer octets = ByteBuffer.allocate(10 + 4 + 4 + 9 + parameters.length);
    octets.putShort((short) 0x8002).putInt(octets.capacity()).putInt(command).putInt(handle);
    octets.putInt(9).putInt(0x40000009).putShort((short) 0).put((byte) 0).putShort((short) 0);
    octets.put(parameters);
    try (TpmLink link = TpmLink.open(place())) {
      int result = ByteBuffer.wrap(link.exchange(octets.array())).getInt(6);
      if (result != 0) {
        throw new IOException("swtpm answered " + Integer.toHexString(result));
      }
    }
  }

  @Override
  public void close() throws IOException {
    stop();
  }
}
