package dev.coffer.analysis.faults;

import dev.coffer.node.store.FaultyDisk.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Files and folders in memory, as a disk with a cache keeps them. What was written into a file
 * lasts once the file was forced; which names there are lasts once the folder was forced. At a
 * power cut each sector not forced lasts or not, as the dice fall; of the changes to a folder the
 * first so many last, as a journaling file system keeps them. One operation fails once.
 */
final class FaultyTree {
  /** The worst dice: nothing lasts that was not forced. */
  static final RandomGenerator NOTHING_LEFT = () -> 0L;

  /** Dice as bad: every name lasts, and no content that was not forced. */
  static final RandomGenerator NAMES_LEFT =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          return 0;
        }

        @Override
        public boolean nextBoolean() {
          return false;
        }

        @Override
        public int nextInt(int bound) {
          return bound - 1;
        }
      };

  private static final int SECTOR = 512;

  /** What a file holds, under whatever name. */
  static final class Content {
    private final List<Written> unforced = new ArrayList<>();
    private byte[] seen = new byte[0];
    private byte[] forced = new byte[0];

    byte[] seen() {
      return seen;
    }

    private Content survivor(RandomGenerator dice) {
      byte[] left = forced;
      for (Written write : unforced) {
        left = write.survivor(left, dice);
      }
      return holding(left);
    }

    private static Content holding(byte[] octets) {
      Content content = new Content();
      content.seen = octets.clone();
      content.forced = octets.clone();
      return content;
    }
  }

  /** A write, or a cut if there are no octets. */
  private static final class Written {
    private final int at;
    private final byte[] octets;
    private final boolean cut;

    Written(int at, byte[] octets, boolean cut) {
      this.at = at;
      this.octets = octets;
      this.cut = cut;
    }

    byte[] onto(byte[] file) {
      if (cut) {
        return Arrays.copyOf(file, at);
      }
      byte[] out = Arrays.copyOf(file, Math.max(file.length, at + octets.length));
      System.arraycopy(octets, 0, out, at, octets.length);
      return out;
    }

    byte[] survivor(byte[] file, RandomGenerator dice) {
      if (cut) {
        return dice.nextBoolean() ? onto(file) : file;
      }
      byte[] out = file;
      for (int from = 0; from < octets.length; ) {
        int to = Math.min(octets.length, ((at + from) / SECTOR + 1) * SECTOR - at);
        if (dice.nextBoolean()) {
          out = new Written(at + from, Arrays.copyOfRange(octets, from, to), false).onto(out);
        }
        from = to;
      }
      return out;
    }
  }

  /** A change of names in one folder, not forced yet. */
  private interface Change {
    void applyTo(Map<String, Content> names);
  }

  private final Map<String, Content> names = new TreeMap<>();
  private final Map<String, Content> lasting = new TreeMap<>();
  private final Map<String, List<Change>> pending = new TreeMap<>();
  private final Set<String> folders = new HashSet<>(Set.of("/"));
  private final long failAt;
  private final Fault fault;
  private boolean neverFlushing;
  private long operations;

  /** Fails at operation {@code failAt}, from 1; 0 for never. */
  FaultyTree(long failAt, Fault fault) {
    this.failAt = failAt;
    this.fault = fault;
  }

  /** A disk that says it has flushed and has not. */
  FaultyTree neverFlushing() {
    neverFlushing = true;
    return this;
  }

  long operations() {
    return operations;
  }

  /** Whether the power is gone. */
  boolean dead() {
    return fault.crashes() && failAt > 0 && operations >= failAt;
  }

  /** What a start finds now: after a power cut, if there was one, or else all of it. */
  FaultyTree next(RandomGenerator dice) {
    return dead() ? afterPowerCut(dice) : this;
  }

  /** What a start finds if the power fails now; works without further faults. */
  FaultyTree afterPowerCut(RandomGenerator dice) {
    Map<String, Content> left = new TreeMap<>(lasting);
    for (List<Change> changes : pending.values()) {
      for (Change change : changes.subList(0, dice.nextInt(changes.size() + 1))) {
        change.applyTo(left);
      }
    }
    FaultyTree next = new FaultyTree(0, fault);
    // Folders are not modelled as names that may be lost.
    next.folders.addAll(folders);
    left.keySet().forEach(name -> next.folders.add(folder(name)));
    left.forEach((name, content) -> {
      Content there = content.survivor(dice);
      next.names.put(name, there);
      next.lasting.put(name, there);
    });
    return next;
  }

  private void operate(Runnable effect, Runnable half) throws IOException {
    if (dead()) {
      throw new IOException("power cut");
    }
    operations++;
    if (operations != failAt) {
      effect.run();
      return;
    }
    switch (fault) {
      case REFUSED, CRASH_BEFORE -> {}
      case REFUSED_BUT_DONE, CRASH_AFTER -> effect.run();
      case TORN -> half.run();
    }
    throw new IOException(fault.toString());
  }

  private static String folder(String name) {
    int slash = name.lastIndexOf('/');
    return slash <= 0 ? "/" : name.substring(0, slash);
  }

  private void change(String folder, Change change) {
    change.applyTo(names);
    pending.computeIfAbsent(folder, same -> new ArrayList<>()).add(change);
  }

  boolean isFolder(String name) {
    return folders.contains(name);
  }

  boolean isFile(String name) {
    return names.containsKey(name);
  }

  Content content(String name) {
    return names.get(name);
  }

  List<String> children(String folder) {
    List<String> found = new ArrayList<>();
    names.keySet().stream().filter(name -> folder(name).equals(folder)).forEach(found::add);
    folders.stream()
        .filter(name -> !name.equals("/") && folder(name).equals(folder))
        .forEach(found::add);
    return found;
  }

  void reading() throws IOException {
    if (dead()) {
      throw new IOException("power cut");
    }
  }

  Content create(String name) throws IOException {
    Content fresh = new Content();
    operate(() -> change(folder(name), all -> all.put(name, fresh)), () -> {});
    return fresh;
  }

  void makeFolder(String name) throws IOException {
    operate(() -> folders.add(name), () -> {});
  }

  void delete(String name) throws IOException {
    operate(
        () -> {
          if (!folders.remove(name)) {
            change(folder(name), all -> all.remove(name));
          }
        },
        () -> {});
  }

  /** Moves a file, or a folder with all that is in it. */
  void move(String from, String to) throws IOException {
    operate(
        () -> {
          for (String name : List.copyOf(folders)) {
            if (within(from, name)) {
              folders.remove(name);
              folders.add(to + name.substring(from.length()));
            }
          }
          change(
              folder(to),
              all -> {
                for (String name : List.copyOf(all.keySet())) {
                  if (within(from, name)) {
                    all.put(to + name.substring(from.length()), all.remove(name));
                  }
                }
              });
        },
        () -> {});
  }

  private static boolean within(String folder, String name) {
    return name.equals(folder) || name.startsWith(folder + "/");
  }

  void write(Content content, int at, byte[] octets) throws IOException {
    operate(
        () -> put(content, new Written(at, octets, false)),
        () -> put(content, new Written(at, Arrays.copyOf(octets, octets.length / 2), false)));
  }

  void cut(Content content, int size) throws IOException {
    operate(() -> put(content, new Written(size, new byte[0], true)), () -> {});
  }

  private static void put(Content content, Written write) {
    content.seen = write.onto(content.seen);
    content.unforced.add(write);
  }

  void force(Content content) throws IOException {
    operate(
        () -> {
          if (!neverFlushing) {
            content.forced = content.seen.clone();
            content.unforced.clear();
          }
        },
        () -> {});
  }

  void forceFolder(String folder) throws IOException {
    operate(
        () -> {
          List<Change> changes = neverFlushing ? null : pending.remove(folder);
          if (changes != null) {
            changes.forEach(change -> change.applyTo(lasting));
          }
        },
        () -> {});
  }
}
