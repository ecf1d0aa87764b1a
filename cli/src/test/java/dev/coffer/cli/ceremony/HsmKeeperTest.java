package dev.coffer.cli.ceremony;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.port.Pause;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which process is this site's HSM, whatever is done to clocks and commands. */
class HsmKeeperTest {
  private static final Path PROC = Path.of("/proc");
  private static final String BOOT = "11111111-2222-3333-4444-555555555555";

  @TempDir private Path folder;

  /** A system that says of process 4711 that it began so many ticks after this boot. */
  private ProcessTable system(String ticks, String boot) throws IOException {
    Path proc = folder.resolve("proc");
    Path random = Files.createDirectories(proc.resolve("sys").resolve("kernel").resolve("random"));
    Files.writeString(random.resolve("boot_id"), boot + "\n");
    Path process = Files.createDirectories(proc.resolve("4711"));
    String before = "4711 (a (strange) name) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 ";
    Files.writeString(process.resolve("stat"), before + ticks + " 99 98 97\n");
    return new ProcessTable(proc);
  }

  /** Nothing here says what time it is: the clock of the machine may be set to any. */
  @Test
  void aProcessIsItsNumberItsTicksAndItsBoot() throws IOException {
    String name = system("100", BOOT).name(4711).orElseThrow();
    assertEquals("4711 100 " + BOOT, name);
    assertEquals(Optional.of(4711L), system("100", BOOT).running(name + "\n"));
    assertEquals(Optional.empty(), system("101", BOOT).running(name), "another of that number");
    String other = BOOT.replace('1', '9');
    assertEquals(Optional.empty(), system("100", other).running(name), "after a power cut");
    assertEquals(Optional.empty(), system("100", BOOT).running("4712 100 " + BOOT));
    assertEquals(Optional.empty(), system("100", BOOT).running("4711"));
    assertEquals(Optional.empty(), system("100", BOOT).running(""));
  }

  @Test
  void whereTheSystemShowsNoProcessesItIsTheTimeOfTheStart() throws IOException {
    ProcessTable table = new ProcessTable(folder.resolve("none"));
    long pid = ProcessHandle.current().pid();
    long second = ProcessHandle.current().info().startInstant().orElseThrow().getEpochSecond();
    assertFalse(table.clockless());
    assertEquals(Optional.of(pid + " " + second), table.name(pid));
    assertEquals(Optional.of(pid), table.running(pid + " " + (second + 2)));
    assertEquals(Optional.empty(), table.running(pid + " " + (second + 3)));
  }

  private HsmKeeper keeper(Path program, Pause pause) {
    Path home = folder.resolve("hsm");
    return new HsmKeeper(program, home, folder.resolve("socket"), folder, PROC, pause);
  }

  private HsmKeeper keeper(Path program) {
    return keeper(
        program,
        waited -> {
          throw new InterruptedException();
        });
  }

  private static void killed(HsmKeeper keeper) {
    assertThrows(IOException.class, keeper::port);
    assertTrue(Thread.interrupted(), "nobody waited for the HSM");
  }

  /** The HSM names itself before it is one: a command that is killed leaves no orphan. */
  @Test
  void aKilledCommandLeavesAnHsmThatTheNextOneFinds() throws Exception {
    Assumptions.assumeTrue(Files.exists(PROC.resolve("self")), "this system has no /proc");
    Path told = folder.resolve("told");
    assertEquals(0, new ProcessBuilder("mkfifo", told.toString()).start().waitFor());
    Path file = folder.resolve("hsm.process");
    Path program = folder.resolve("program");
    Files.writeString(
        program,
        "#!/bin/sh\necho $$ \"$(cat '" + file + "')\" >'" + told + "'\nexec sleep 100\n",
        StandardCharsets.US_ASCII);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    Files.createDirectory(folder.resolve("hsm"));
    HsmKeeper first = keeper(program);
    // As good as a kill: from here on no file that this thread opens takes an octet.
    Thread.currentThread().interrupt();
    killed(first);
    // What the program saw when it began: its own number, and what named it.
    String[] words = Files.readString(told).strip().split(" ");
    long pid = Long.parseLong(words[0]);
    try {
      String name = new ProcessTable(PROC).name(pid).orElseThrow();
      assertEquals(name, String.join(" ", words[1], words[2], words[3]));
      assertEquals(name, Files.readString(file).strip());
      // Another would write to the FIFO that nobody reads, and name itself.
      killed(keeper(program));
      assertEquals(name, Files.readString(file).strip());
      keeper(program).end();
      assertEquals(Optional.empty(), new ProcessTable(PROC).name(pid));
      assertFalse(Files.exists(file));
    } finally {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void aSocketThatNobodyAnswersIsTakenAway() throws Exception {
    Path socket = folder.resolve("socket");
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(socket))
        .close();
    assertTrue(Files.exists(socket));
    IOException trouble =
        assertThrows(
            IOException.class,
            keeper(
                    Path.of("/bin/false"),
                    waited ->
                        ProcessHandle.current().children().forEach(child -> child.onExit().join()))
                ::port);
    assertTrue(trouble.getMessage().contains("ended before it was ready"), "" + trouble);
    assertFalse(Files.exists(socket));
  }

  @Test
  void whatAnswersAtTheSocketAndIsNotNamedIsLeftAlone() throws Exception {
    Path socket = folder.resolve("socket");
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(socket));
      IOException trouble = assertThrows(IOException.class, keeper(Path.of("/bin/false"))::port);
      assertTrue(trouble.getMessage().startsWith("Something answers at " + socket), "" + trouble);
      assertTrue(Files.exists(socket));
    }
  }
}
