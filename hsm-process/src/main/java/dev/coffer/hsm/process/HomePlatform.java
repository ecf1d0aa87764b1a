package dev.coffer.hsm.process;

import dev.coffer.hsm.platform.Platform;
import dev.coffer.protocol.fleet.EntityAttestation;
import java.io.IOException;

/** A platform with a home folder, which it holds until it is closed. */
public interface HomePlatform extends Platform, AutoCloseable {
  /** By {@link Debugging}: root on the host can look in at any time, and unseen afterwards. */
  @Override
  default EntityAttestation.Device attested() {
    boolean debugged = Debugging.ofThisProcess();
    return new EntityAttestation.Device(model(), measurement(), debugged, keyAttributes());
  }

  /**
   * What hardware says of the key that seals the state: at most 200 characters of ASCII; empty
   * where no hardware holds one.
   */
  default String keyAttributes() {
    return "";
  }

  /** Lets another process have the home. */
  @Override
  void close() throws IOException;
}
