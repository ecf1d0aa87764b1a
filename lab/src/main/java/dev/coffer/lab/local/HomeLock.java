package dev.coffer.lab.local;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.home.FleetHome;
import dev.coffer.files.AtomicFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Only one command at a time starts, stops or founds in a home. The system frees it when its holder
 * dies, however.
 */
final class HomeLock implements AutoCloseable {
  private final FileChannel channel;

  private HomeLock(FileChannel channel) {
    this.channel = channel;
  }

  static HomeLock take(FleetHome home) throws Failure, IOException {
    AtomicFile.privateFolder(home.directory());
    Path path = home.lock();
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same answer as if another held it.
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new Failure(
          ExitCode.HERE,
          "Another coffer command is starting or stopping the fleet in " + home.directory() + ".",
          "Wait until it is done and run this one again.");
    }
    return new HomeLock(channel);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
