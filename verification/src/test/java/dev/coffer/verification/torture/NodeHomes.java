package dev.coffer.verification.torture;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Where the nodes keep what: a file system each, small and in memory, so that one can be full while
 * the others are not. Not thread-safe.
 */
final class NodeHomes implements AutoCloseable {
  private static final int DISK_MIB = 256;

  private final Path directory;
  private final int count;

  private NodeHomes(Path directory, int count) {
    this.directory = directory;
    this.count = count;
  }

  /** Makes a directory with a mounted one a node. */
  static NodeHomes make(int count) throws IOException, InterruptedException {
    return make(count, DISK_MIB);
  }

  /** The same with disks of {@code mebibytes}. */
  static NodeHomes make(int count, int mebibytes) throws IOException, InterruptedException {
    NodeHomes homes =
        new NodeHomes(Files.createTempDirectory("coffer-torture-").toRealPath(), count);
    Runtime.getRuntime().addShutdownHook(new Thread(homes::close, "leave no disks behind"));
    for (int node = 1; node <= count; node++) {
      Files.createDirectory(homes.node(node));
      Shell.run("mount -t tmpfs -o mode=700,size=" + mebibytes + "m tmpfs " + homes.node(node));
    }
    return homes;
  }

  Path directory() {
    return directory;
  }

  Path node(int node) {
    return directory.resolve("node-" + node);
  }

  /** Leaves {@code mebibytes} free on a node's disk. */
  void fill(int node, int mebibytes) throws IOException {
    Path filler = node(node).resolve("filler");
    byte[] block = new byte[64 << 10];
    try (var out = Files.newOutputStream(filler)) {
      while (node(node).toFile().getUsableSpace() > ((long) mebibytes << 20)) {
        out.write(block);
      }
    } catch (IOException e) {
      // Full, which was the wish; what is half written stays.
      if (mebibytes > 0) {
        throw e;
      }
    }
  }

  /** Gives the space back. */
  void empty(int node) throws IOException {
    Files.deleteIfExists(node(node).resolve("filler"));
  }

  /** Removes a directory or file of a node with all that is in it. */
  void remove(int node, String name) throws IOException {
    remove(node(node).resolve(name));
  }

  /** A node's disk is gone for good. */
  void lose(int node) throws IOException, InterruptedException {
    String ignored = Shell.run("umount -l " + node(node));
  }

  private static void remove(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path folder, @org.jspecify.annotations.Nullable IOException trouble)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public synchronized void close() {
    if (!Files.exists(directory)) {
      return;
    }
    try {
      for (int node = 1; node <= count; node++) {
        Shell.succeeds("umount -l " + node(node));
      }
      remove(directory);
    } catch (IOException e) {
      System.err.println("what is left in " + directory + " cannot be removed: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
