package dev.coffer.hsm.process;

import dev.coffer.hsm.platform.Platform;
import java.io.IOException;

/** A platform with a home folder, which it holds until it is closed. */
public interface HomePlatform extends Platform, AutoCloseable {
  /** Lets another process have the home. */
  @Override
  void close() throws IOException;
}
