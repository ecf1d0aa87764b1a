package dev.coffer.ceremony.run;

import dev.coffer.ceremony.record.Folder;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A folder whose n-th write fails, once: a full disk, or a process that is killed there. The write
 * did not happen, or it did and nobody was told.
 */
record FailingFolder(Folder folder, AtomicInteger left, boolean happened) implements Folder {
  @Override
  public Optional<Bytes> read(String name) throws IOException {
    return folder.read(name);
  }

  @Override
  public void write(String name, Bytes content) throws IOException {
    boolean fails = left.getAndDecrement() == 0;
    if (!fails || happened) {
      folder.write(name, content);
    }
    if (fails) {
      throw new IOException("No space left on device");
    }
  }
}
