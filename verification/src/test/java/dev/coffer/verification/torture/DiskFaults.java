package dev.coffer.verification.torture;

import dev.coffer.files.SettingMistake;
import dev.coffer.node.NodeCheck;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.NodeRebuild;
import dev.coffer.node.NodeRepair;
import dev.coffer.node.check.Finding;
import dev.coffer.node.check.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What happens to a node's disk. */
final class DiskFaults {
  private static final int TORN_MAX = 600;
  private static final long PURGE_MILLIS = 150_000;
  private static final Pattern SEGMENT = Pattern.compile("/log_(?:inprogress_)?([0-9]+)[^/]*$");
  private static final long START_MILLIS = 40_000;
  private static final long BACK_MILLIS = 90_000;

  private final FleetOfProcesses fleet;
  private final SplittableRandom random;

  DiskFaults(FleetOfProcesses fleet, SplittableRandom random) {
    this.fleet = fleet;
    this.random = random;
  }

  /**
   * A disk with so many mebibytes left. A node that ends for it is started again and again; what
   * the engine's last write left of its log may need a repair.
   */
  Fault fill(int node, int mebibytes) {
    return Fault.of(
        "the disk of node " + node + " has " + mebibytes + " MiB left",
        () -> fleet.homes().fill(node, mebibytes),
        () -> {
          fleet.homes().empty(node);
          if (!fleet.awaitReady(BACK_MILLIS) && !fleet.node(node).ready()) {
            fleet.node(node).kill();
            Path file = fleet.homes().node(node).resolve("config.properties");
            String damage = damage(file);
            if (!damage.isEmpty()) {
              repair(file);
              fleet.checkups().repaired("node " + node + ", whose disk was full: " + damage);
            }
            fleet.node(node).start();
          }
        });
  }

  /** Directories and files are gone, and the node starts without them. */
  Fault lose(int node, List<String> names) {
    return Fault.of(
        "node " + node + " loses " + names,
        () -> {
          fleet.node(node).kill();
          Disks.Disk ignored = fleet.lookAtDisk(node);
          for (String name : names) {
            fleet.homes().remove(node, name);
          }
        },
        () -> fleet.node(node).start());
  }

  /** The Raft logs of a majority are gone, and an operator has all nodes found the order anew. */
  Fault loseOrder(List<Integer> losers, List<Integer> all) {
    return Fault.of(
        "nodes " + losers + " lose their Raft logs at once",
        () -> {
          all.forEach(node -> fleet.node(node).strike());
          for (int node : all) {
            fleet.node(node).kill();
          }
          for (int node : losers) {
            fleet.homes().remove(node, "raft");
          }
        },
        () -> {
          long number = Instant.now().getEpochSecond();
          for (int node : all) {
            rebuild(fleet.homes().node(node).resolve("config.properties"), number, all);
          }
          for (int node : all) {
            fleet.node(node).start();
          }
        });
  }

  private static void rebuild(Path file, long number, List<Integer> founders) throws IOException {
    try {
      NodeRebuild.request(NodeConfig.read(file), number, founders);
    } catch (SettingMistake | NodeCheck.Running e) {
      throw new IOException("the order could not be rebuilt", e);
    }
  }

  /** Away until the others have forgotten what it would need from their logs. */
  Fault absent(int node) {
    return Fault.of(
        "node " + node + " is away until the log is purged",
        () -> {
          fleet.node(node).kill();
          long newest = others(node).mapToLong(other -> segments(other).getLast()).max().orElse(0);
          boolean purged =
              Waiting.until(
                  () -> others(node).allMatch(other -> segments(other).getFirst() > newest),
                  PURGE_MILLIS);
          if (!purged) {
            throw new Fault.NotInjected("the log was not purged in time");
          }
        },
        () -> fleet.node(node).start());
  }

  private Stream<NodeOnHost> others(int node) {
    return fleet.nodes().stream().filter(other -> other.index() != node);
  }

  /** Where the segments of a node's log begin; 0 if that cannot be seen now. */
  private List<Long> segments(NodeOnHost node) {
    try (Stream<Path> files = Files.walk(fleet.homes().node(node.index()).resolve("raft"))) {
      List<Long> starts =
          files
              .map(file -> SEGMENT.matcher(file.toString()))
              .filter(Matcher::find)
              .map(name -> Long.parseLong(name.group(1)))
              .sorted()
              .toList();
      return starts.isEmpty() ? List.of(0L) : starts;
    } catch (IOException | UncheckedIOException e) {
      return List.of(0L);
    }
  }

  /** The last octets of the newest segment of the Raft log are not what was written. */
  Fault tearRaft(int node) {
    return tear(node, "raft", ".*/log_inprogress_.*");
  }

  /** The last octets of the store's journal are not what was written. */
  Fault tearStore(int node) {
    return tear(node, "store", ".*journal.*");
  }

  private Fault tear(int node, String folder, String pattern) {
    return Fault.of(
        "node " + node + " finds the end of its " + folder + " log torn",
        () -> {
          fleet.node(node).kill();
          Disks.Disk ignored = fleet.lookAtDisk(node);
          Optional<Path> file = newest(fleet.homes().node(node).resolve(folder), pattern);
          if (file.isPresent()) {
            spoil(file.get());
          }
        },
        () -> {
          fleet.node(node).start();
          if (!Waiting.until(() -> fleet.node(node).ready(), START_MILLIS)) {
            fleet.node(node).kill();
            repair(fleet.homes().node(node).resolve("config.properties"));
            fleet.node(node).start();
          }
        });
  }

  private static String damage(Path file) throws IOException {
    try {
      NodeConfig config = NodeConfig.read(file);
      return NodeCheck.check(config, Instant.now(), Progress.NONE).findings().listed().stream()
          .filter(finding -> finding.weight() != Finding.Weight.NOTE)
          .map(finding -> finding.where() + ": " + finding.what())
          .collect(Collectors.joining("; "));
    } catch (SettingMistake | NodeCheck.Running e) {
      throw new IOException("the node of " + file + " cannot be checked", e);
    }
  }

  /** What {@code coffer node repair} does, and nothing else. */
  private static void repair(Path file) throws IOException {
    try {
      NodeConfig config = NodeConfig.read(file);
      NodeRepair repair =
          new NodeRepair(config, NodeCheck.check(config, Instant.now(), Progress.NONE), false);
      if (repair.contradictory() || !repair.byHand().isEmpty() || repair.idle()) {
        throw new IOException("coffer node repair does not know what to do with " + file);
      }
      List<Path> ignored = repair.carryOut(Instant.now(), Progress.NONE);
    } catch (SettingMistake | NodeCheck.Running e) {
      throw new IOException("coffer node repair refuses " + file, e);
    }
  }

  private static Optional<Path> newest(Path root, String pattern) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> Files.isRegularFile(file) && file.toString().matches(pattern))
          .max(Comparator.comparingLong(file -> file.toFile().lastModified()));
    }
  }

  /** Cuts the last octets that were written off, or writes other ones over them. */
  private void spoil(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long end = written(channel);
      long torn = Math.min(end, random.nextInt(1, TORN_MAX));
      if (random.nextBoolean()) {
        channel.truncate(end - torn);
      } else {
        byte[] garbage = new byte[(int) torn];
        random.nextBytes(garbage);
        channel.write(ByteBuffer.wrap(garbage), end - torn);
      }
      channel.force(true);
    }
  }

  /** Files are made larger than what is in them; the rest is zeros. */
  private static long written(FileChannel channel) throws IOException {
    long end = channel.size();
    ByteBuffer one = ByteBuffer.allocate(4096);
    while (end > 0) {
      int length = (int) Math.min(one.capacity(), end);
      one.clear().limit(length);
      channel.read(one, end - length);
      for (int i = length - 1; i >= 0; i--) {
        if (one.get(i) != 0) {
          return end - length + i + 1;
        }
      }
      end -= length;
    }
    return 0;
  }
}
