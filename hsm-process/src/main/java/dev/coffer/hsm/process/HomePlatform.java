package dev.coffer.hsm.process;

import dev.coffer.hsm.platform.Platform;
import java.io.IOException;

/** A platform with a home folder, which it holds until it is closed. */
public interface HomePlatform extends Platform, AutoCloseable {
  /** By {@link Debugging}: root on the host can look in at any time, and unseen afterwards. */
  @Override
  default boolean debugged() {
    return Debugging.ofThisProcess();
  }

  /** Lets another process have the home. */
  @Override
  void close() throws IOException;
}
