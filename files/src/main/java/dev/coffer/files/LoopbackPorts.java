package dev.coffer.files;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Ports of this machine for servers that have to know them before they listen, as the members of a
 * fleet do. They lie below those that systems give to whoever calls out (from 32,768 on with Linux,
 * from 49,152 on elsewhere), so that no connection takes one between the choice and the start; and
 * two processes that choose at the same moment choose different ones, for each port is locked by a
 * file until this process ends. Thread-safe.
 *
 * <p><b>Not guaranteed:</b> that a server which asks nobody does not take one meanwhile; and where
 * the folder of temporary files cannot be written, nothing is locked. Whoever else may write there
 * can hold all locks.
 */
public final class LoopbackPorts {
  private static final int FIRST = 10_000;
  private static final int END = 32_000;

  /** Anywhere: of a fleet that stands still, too, another shall not be given the ports. */
  private static int next = FIRST + new SecureRandom().nextInt(END - FIRST);

  private static final List<FileChannel> HELD = new ArrayList<>();

  private LoopbackPorts() {}

  /** So many different ports at which nobody listens on loopback. */
  public static synchronized List<Integer> take(int count) throws IOException {
    List<Integer> ports = new ArrayList<>();
    for (int tried = 0; ports.size() < count; tried++) {
      if (tried == END - FIRST) {
        throw new IOException("all ports from " + FIRST + " to " + (END - 1) + " are taken");
      }
      if (free(next) && locked(next)) {
        ports.add(next);
      }
      next = next + 1 == END ? FIRST : next + 1;
    }
    return ports;
  }

  /** One such port. */
  public static int take() throws IOException {
    return take(1).get(0);
  }

  /** The first of them from there on. */
  static synchronized List<Integer> take(int count, int from) throws IOException {
    next = from;
    return take(count);
  }

  private static boolean free(int port) {
    try (ServerSocket unused = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  private static boolean locked(int port) throws IOException {
    Path lock;
    FileChannel file;
    try {
      String user = System.getProperty("user.name");
      Path folder = Paths.get(System.getProperty("java.io.tmpdir"), "coffer-ports-" + user);
      lock = Files.createDirectories(folder).resolve(Integer.toString(port));
      if (Files.exists(lock, LinkOption.NOFOLLOW_LINKS)
          && !Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)) {
        // To open somebody's pipe would wait for ever.
        return true;
      }
      file =
          FileChannel.open(
              lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException nothingIsLockedHere) {
      return true;
    }
    try {
      // Open as long as this process lives: the lock is gone with its file.
      if (file.tryLock() != null) {
        HELD.add(file);
        return true;
      }
    } catch (OverlappingFileLockException ours) {
      // As if another process had it.
    } catch (IOException noLocksHere) {
      file.close();
      return true;
    }
    file.close();
    return false;
  }
}
