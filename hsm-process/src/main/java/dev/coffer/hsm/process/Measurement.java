package dev.coffer.hsm.process;

import dev.coffer.files.TreeManifest;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What runs: SHA-256 of the linked image's {@link TreeManifest}, which names every file in it: the
 * core, the protocol, what runs them, java.base, the virtual machine, its archives and settings,
 * the launchers. A program started otherwise measures as {@code development}. A program that
 * measures itself convinces nobody who does not trust it already: hardware has to say so too.
 */
public final class Measurement {
  private Measurement() {}

  /** Reads the whole program: once a start. */
  private static final class Once {
    static final Bytes MEASURED = measured();

    private static Bytes measured() {
      var origin = Measurement.class.getProtectionDomain().getCodeSource().getLocation();
      return of(URI.create(String.valueOf(origin)), Path.of(System.getProperty("java.home")));
    }
  }

  /** Of this one, as it was when this was asked first. */
  public static Bytes ofThisProgram() {
    return Once.MEASURED;
  }

  /** Of a program that comes from {@code origin} and runs on {@code runtime}. */
  public static Bytes of(URI origin, Path runtime) {
    try {
      String measured = "jrt".equals(origin.getScheme()) ? image(runtime) : "development";
      return Hashes.sha256(Bytes.wrap(measured.getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      throw new UncheckedIOException("the program cannot be measured", e);
    }
  }

  private static String image(Path runtime) throws IOException {
    Path modules = runtime.resolve("lib").resolve("modules");
    if (!Files.isRegularFile(modules)) {
      throw new NoSuchFileException(modules.toString());
    }
    return TreeManifest.of(runtime);
  }
}
