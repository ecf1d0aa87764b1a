package dev.coffer.verification.torture;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hosts of their own: network namespaces with an address each, on one bridge that the clients' host
 * (number 0) stands at as well. What a run that was killed has left behind, the next run with the
 * same slot removes first; a lock on the slot keeps runs apart. With {@link LongCables} they stand
 * far from each other, and there is no bridge. Not thread-safe but for {@link #close}.
 */
final class Hosts implements AutoCloseable {
  private static final int SLOTS = 16;
  private static final Path LOCKS = Path.of("/run/coffer-torture");

  /** Nobody's hardware address: frames to it get lost without a word, as on a cut cable. */
  private static final String NOBODY = "02:00:00:00:0d:ad";

  /** ip gives every process its own view of the mounts. */
  private static final String HIDE =
      """
      while [ "$1" != -- ]; do mount -t tmpfs -o ro,mode=0 tmpfs "$1" || exit 126; shift; done
      shift
      exec "$@"
      """;

  private final int slot;
  private final int count;
  private final FileChannel channel;
  private final FileLock lock;
  private final Optional<LongCables> cables;
  private final Map<Integer, List<Path>> hidden = new HashMap<>();
  private final Thread hook = new Thread(this::remove, "leave no hosts behind");

  private Hosts(
      int slot, int count, Optional<LongCables> cables, FileChannel channel, FileLock lock) {
    this.slot = slot;
    this.count = count;
    this.cables = cables;
    this.channel = channel;
    this.lock = lock;
  }

  /** Why there can be no hosts here; empty if there can. */
  static Optional<String> unavailable() throws InterruptedException {
    if (!Files.isExecutable(Path.of("/usr/sbin/ip")) && !Files.isExecutable(Path.of("/sbin/ip"))) {
      return Optional.of("there is no program ip: install iproute2");
    }
    String probe = "coffer-probe-" + ProcessHandle.current().pid();
    if (!Shell.succeeds("ip netns add " + probe)) {
      return Optional.of("network namespaces may not be made here: run it as root");
    }
    boolean bridged =
        Shell.succeeds("ip -n " + probe + " link add br0 type bridge")
            && Shell.succeeds("ip -n " + probe + " link add v0 type veth peer name v1");
    Shell.succeeds("ip netns del " + probe);
    return bridged
        ? Optional.empty()
        : Optional.of("this kernel has no bridges or virtual cables between namespaces");
  }

  /** Makes {@code count} hosts side by side. */
  static Hosts make(int count) throws IOException, InterruptedException {
    return make(count, Optional.empty());
  }

  /** Makes {@code count} hosts, at the ends of {@code cables} if there are any. */
  static Hosts make(int count, Optional<LongCables> cables)
      throws IOException, InterruptedException {
    Files.createDirectories(LOCKS);
    for (int slot = 0; slot < SLOTS; slot++) {
      FileChannel channel =
          FileChannel.open(
              LOCKS.resolve("slot-" + slot), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        Hosts hosts = new Hosts(slot, count, cables, channel, lock);
        Runtime.getRuntime().addShutdownHook(hosts.hook);
        hosts.remove();
        if (cables.isPresent()) {
          hosts.build(cables.get());
        } else {
          hosts.build();
        }
        return hosts;
      }
      channel.close();
    }
    throw new IOException("all " + SLOTS + " slots under " + LOCKS + " are in use");
  }

  int count() {
    return count;
  }

  private String bridge() {
    return "coffer" + slot;
  }

  /** The namespace of a host from 1. */
  String name(int host) {
    return bridge() + "-" + host;
  }

  /** The address of a host; 0 is where the clients are. */
  String address(int host) {
    return "10.213." + slot + "." + (host == 0 ? 254 : host);
  }

  private void build() throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    lines.add("link add " + bridge() + " type bridge");
    lines.add("addr add " + address(0) + "/24 dev " + bridge());
    lines.add("link set " + bridge() + " up");
    for (int host = 1; host <= count; host++) {
      lines.add("netns add " + name(host));
      lines.add("link add " + port(host) + " type veth peer name eth0 netns " + name(host));
      lines.add("link set " + port(host) + " master " + bridge() + " up");
    }
    for (String line : lines) {
      Shell.run("ip " + line);
    }
    for (int host = 1; host <= count; host++) {
      Shell.run("ip -n " + name(host) + " addr add " + address(host) + "/24 dev eth0");
      Shell.run("ip -n " + name(host) + " link set eth0 up");
      Shell.run("ip -n " + name(host) + " link set lo up");
    }
  }

  private void build(LongCables ends) throws IOException, InterruptedException {
    for (int host = 0; host <= count; host++) {
      String made = host == 0 ? bridge() : port(host);
      ends.plug(host, made);
      Shell.run("ip link set " + made + " address " + LongCables.hardware(host));
      if (host > 0) {
        Shell.run("ip netns add " + name(host));
        Shell.run("ip link set " + made + " netns " + name(host) + " name eth0");
        Shell.run(ip(host) + " link set lo up");
      }
      Shell.run(ip(host) + " addr add " + address(host) + "/24 dev " + device(host));
      Shell.run(ip(host) + " link set " + device(host) + " up");
    }
  }

  /** What the processes of a host do not see from now on: other machines' disks. */
  void hide(int host, List<Path> folders) {
    hidden.put(host, List.copyOf(folders));
  }

  private String port(int host) {
    return "cof" + slot + "p" + host;
  }

  /** The command line that runs {@code command} on a host. */
  List<String> on(int host, List<String> command) {
    List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", name(host)));
    List<Path> folders = hidden.getOrDefault(host, List.of());
    if (!folders.isEmpty()) {
      line.addAll(List.of("sh", "-c", HIDE, "hide"));
      folders.forEach(folder -> line.add(folder.toString()));
      line.add("--");
    }
    line.addAll(command);
    return line;
  }

  private String device(int host) {
    return host == 0 ? bridge() : "eth0";
  }

  private String ip(int host) {
    return host == 0 ? "ip" : "ip -n " + name(host);
  }

  /** What {@code from} sends to {@code to} gets lost from now on; the other way stays open. */
  void cut(int from, int to) throws IOException, InterruptedException {
    Shell.run(
        ip(from)
            + " neigh replace "
            + address(to)
            + " lladdr "
            + NOBODY
            + " nud permanent dev "
            + device(from));
  }

  /** Undoes {@link #cut}. */
  void mend(int from, int to) throws InterruptedException {
    Shell.succeeds(ip(from) + " neigh del " + address(to) + " dev " + device(from));
  }

  /** All that the host sends goes through a thin line with a long queue. */
  void slow(int host, int kilobits) throws IOException, InterruptedException {
    Shell.run(
        "tc -n "
            + name(host)
            + " qdisc replace dev eth0 root tbf rate "
            + kilobits
            + "kbit burst 4k latency 800ms");
  }

  /** Undoes {@link #slow}. */
  void hurry(int host) throws InterruptedException {
    Shell.succeeds("tc -n " + name(host) + " qdisc del dev eth0 root");
  }

  /** Removes everything, and first every process that is left in these namespaces. */
  private synchronized void remove() {
    try {
      for (int host = 1; host <= 7; host++) {
        if (Files.exists(Path.of("/run/netns", name(host)))) {
          for (String pid : Shell.run("ip netns pids " + name(host)).split("\\s+")) {
            if (!pid.isBlank()) {
              Shell.succeeds("kill -9 " + pid);
            }
          }
          Shell.succeeds("ip netns del " + name(host));
        }
        // The system takes its time to remove the cables of a namespace that is gone.
        if (Files.exists(Path.of("/sys/class/net", port(host)))) {
          Shell.succeeds("ip link del " + port(host));
        }
      }
      if (Files.exists(Path.of("/sys/class/net", bridge()))) {
        Shell.succeeds("ip link del " + bridge());
      }
    } catch (IOException e) {
      throw new IllegalStateException("hosts of an earlier run cannot be removed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    remove();
    cables.ifPresent(LongCables::close);
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
      lock.release();
      channel.close();
    } catch (IOException | IllegalStateException e) {
      // The process is ending; the system releases the lock.
      return;
    }
  }
}
