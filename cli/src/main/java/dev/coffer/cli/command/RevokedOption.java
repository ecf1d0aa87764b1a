package dev.coffer.cli.command;

import dev.coffer.evidence.Expectations;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Lists of revoked certificates from elsewhere than a package. */
final class RevokedOption {
  @Option(
      names = "--revoked",
      paramLabel = "FILE",
      description =
          "Lists of revoked certificates (CRL, PEM) of vendors of devices, beside those in the"
              + " package; may stand several times.")
  private List<Path> files = List.of();

  /** Whether any is named. */
  boolean given() {
    return !files.isEmpty();
  }

  /**
   * What they hold now: whoever asks again hears of newer ones.
   *
   * @throws IOException with a sentence, if one cannot be read
   */
  List<Bytes> lists() throws IOException {
    List<Bytes> lists = new ArrayList<>();
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        // One octet more than is read: a list that was cut must not pass for a whole one.
        lists.add(Bytes.wrap(in.readNBytes(Expectations.Today.LIST_MAX + 1)));
      } catch (NoSuchFileException e) {
        throw new IOException("There is no list " + file + ": fetch it from its vendor.", e);
      }
    }
    return lists;
  }
}
