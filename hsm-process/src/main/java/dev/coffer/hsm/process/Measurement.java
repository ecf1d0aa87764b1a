package dev.coffer.hsm.process;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/**
 * What runs: SHA-256 of the linked image's {@code lib/modules}, which holds exactly the core, the
 * protocol, what runs them and java.base. A program started otherwise measures as {@code
 * development}. A program that measures itself convinces nobody who does not trust it already:
 * hardware has to say so too.
 */
public final class Measurement {
  private Measurement() {}

  /** Of this one. */
  public static Bytes ofThisProgram() {
    var origin = Measurement.class.getProtectionDomain().getCodeSource().getLocation();
    return of(URI.create(String.valueOf(origin)), Path.of(System.getProperty("java.home")));
  }

  /** Of a program that comes from {@code origin} and runs on {@code runtime}. */
  public static Bytes of(URI origin, Path runtime) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      if ("jrt".equals(origin.getScheme())) {
        Path modules = runtime.resolve("lib").resolve("modules");
        byte[] chunk = new byte[64 << 10];
        try (InputStream in = Files.newInputStream(modules)) {
          for (int size = in.read(chunk); size > 0; size = in.read(chunk)) {
            digest.update(chunk, 0, size);
          }
        }
      } else {
        digest.update("development".getBytes(StandardCharsets.US_ASCII));
      }
      return Bytes.wrap(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException("the program cannot be measured", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this runtime lacks SHA-256", e);
    }
  }
}
