package dev.coffer.notary.disk;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** A disk in memory whose n-th write fails in one of three ways, and that can lose its process. */
public final class FaultyDisk implements Disk {
  /** What a write that failed did. */
  public enum Fault {
    /** Nothing. */
    NOT_DONE,
    /** All of it, but said it failed. */
    DONE,
    /** A part of it, where the port allows parts. */
    TORN
  }

  private final TreeMap<String, Bytes> files = new TreeMap<>();
  private long writes;
  private long failing = -1;
  private Fault fault = Fault.NOT_DONE;
  private boolean crash;
  private boolean dead;

  /** The {@code n}-th write from now on fails, counted from 0; the process may die of it. */
  public synchronized void failWrite(long n, Fault how, boolean crashThen) {
    failing = writes + n;
    fault = how;
    crash = crashThen;
  }

  /** Writes so far. */
  public synchronized long writes() {
    return writes;
  }

  /** Whether the process died; nothing reaches the disk until {@link #restart}. */
  public synchronized boolean isDead() {
    return dead;
  }

  public synchronized void restart() {
    dead = false;
  }

  /** Everything on it, to be damaged by a test. */
  public synchronized TreeMap<String, Bytes> files() {
    return files;
  }

  private void alive() throws IOException {
    if (dead) {
      throw new IOException("the process is dead");
    }
  }

  private interface Effect {
    void apply(boolean wholly);
  }

  private void write(Effect effect) throws IOException {
    alive();
    if (writes++ != failing) {
      effect.apply(true);
      return;
    }
    dead = crash;
    switch (fault) {
      case NOT_DONE -> {}
      case DONE -> effect.apply(true);
      case TORN -> effect.apply(false);
    }
    throw new IOException("write " + failing + " failed: " + fault);
  }

  @Override
  public synchronized Optional<Bytes> read(String path, int max) throws IOException {
    alive();
    Optional<Bytes> content = Optional.ofNullable(files.get(path));
    if (content.isPresent() && content.get().size() > max) {
      throw new IOException("too long");
    }
    return content;
  }

  @Override
  public synchronized void create(String path, Bytes content) throws IOException {
    alive();
    if (files.containsKey(path) && !files.get(path).equals(content)) {
      throw new FileConflict(path);
    }
    replace(path, content);
  }

  @Override
  public synchronized void createAll(Map<String, Bytes> several) throws IOException {
    for (Map.Entry<String, Bytes> file : several.entrySet()) {
      create(file.getKey(), file.getValue());
    }
  }

  @Override
  public synchronized void replace(String path, Bytes content) throws IOException {
    write(wholly -> {
      if (wholly) {
        files.put(path, content);
      }
    });
  }

  @Override
  public synchronized void append(String path, long end, Bytes more) throws IOException {
    alive();
    Bytes before = files.getOrDefault(path, Bytes.EMPTY);
    if (before.size() != end) {
      throw new IOException("changed behind our back");
    }
    write(wholly ->
        files.put(path, before.concat(wholly ? more : more.slice(0, 1 + more.size() * 2 / 3))));
  }

  @Override
  public synchronized void deleteFolder(String path) throws IOException {
    write(wholly -> {
      List<String> inside =
          files.keySet().stream().filter(name -> name.startsWith(path + "/")).toList();
      inside.subList(0, wholly ? inside.size() : inside.size() / 2).forEach(files::remove);
    });
  }

  @Override
  public synchronized List<String> list(String path) throws IOException {
    alive();
    String head = path.isEmpty() ? "" : path + "/";
    TreeSet<String> names = new TreeSet<>();
    for (String name : files.keySet()) {
      if (name.startsWith(head)) {
        String rest = name.substring(head.length());
        int slash = rest.indexOf('/');
        names.add(slash < 0 ? rest : rest.substring(0, slash + 1));
      }
    }
    return List.copyOf(names);
  }

  @Override
  public void close() {}
}
