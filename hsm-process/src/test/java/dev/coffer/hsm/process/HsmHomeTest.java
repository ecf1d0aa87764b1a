package dev.coffer.hsm.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a home says of the HSM in it. */
class HsmHomeTest {
  @TempDir private Path folder;

  @Test
  void anHsmOnHardwareSaysSimulatedForDevelopmentAlone() throws Exception {
    try (HsmHome home = new HsmHome(folder)) {
      assertEquals("PKCS#11 token", home.model("PKCS#11 token", true));
      assertEquals("SIMULATED PKCS#11 token", home.model("PKCS#11 token", false));
      Files.createFile(folder.resolve(HsmHome.DEVELOPMENT));
      assertEquals("SIMULATED PKCS#11 token", home.model("PKCS#11 token", true));
      assertEquals("SIMULATED PKCS#11 token", home.model("PKCS#11 token", false));
    }
  }
}
