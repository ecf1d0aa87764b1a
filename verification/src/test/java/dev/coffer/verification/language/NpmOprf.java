package dev.coffer.verification.language;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.threshold.Sharing;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The npm package's client, behind {@code src/test/npm/oprf/oprf.mjs}, one command a line. */
final class NpmOprf implements AutoCloseable {
  private static final Path SOURCE = Path.of("src", "test", "npm", "oprf");
  private static final Path INSTALLED = Path.of("target", "npm", "oprf");

  private final Process process;
  private final BufferedWriter in;
  private final BufferedReader out;

  private NpmOprf(Process process) {
    this.process = process;
    this.in = process.outputWriter(StandardCharsets.US_ASCII);
    this.out = process.inputReader(StandardCharsets.US_ASCII);
  }

  /** A blinding: what the package keeps, and the element that is sent. */
  record Blinding(String state, Bytes element) {}

  /** Installs and starts it; empty, with the reason printed, without Node.js or the packages. */
  static Optional<NpmOprf> start() throws IOException, InterruptedException {
    Files.createDirectories(INSTALLED);
    for (String file : List.of("package.json", "package-lock.json", "oprf.mjs")) {
      Files.copy(
          SOURCE.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    if (!runs("node", "--version")) {
      System.out.println("SKIPPED: the npm OPRF client is not compared: there is no node here");
      return Optional.empty();
    }
    if (!Files.isDirectory(INSTALLED.resolve("node_modules").resolve("@cloudflare"))
        && !runs("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")) {
      System.out.println(
          "SKIPPED: the npm OPRF client is not compared: npm, or the packages it wants, are not"
              + " to be had here");
      return Optional.empty();
    }
    return Optional.of(
        new NpmOprf(
            new ProcessBuilder("node", "oprf.mjs")
                .directory(INSTALLED.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()));
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(INSTALLED.toFile())
              .redirectErrorStream(true)
              .redirectOutput(INSTALLED.resolve("install.log").toFile())
              .start();
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private String ask(String command) throws IOException {
    in.write(command);
    in.newLine();
    in.flush();
    String answer = out.readLine();
    if (answer == null) {
      throw new IOException("the npm client ended; its complaint stands above");
    }
    return answer;
  }

  Blinding blind(Bytes input) throws IOException {
    String[] answer = ask("blind " + input.hex()).split(" ", -1);
    return new Blinding(answer[0], Bytes.fromHex(answer[1]));
  }

  Bytes finish(Blinding blinding, int n, List<Sharing.Partial<RistrettoElement>> partials)
      throws IOException {
    StringBuilder command = new StringBuilder("finalize " + blinding.state() + " " + n);
    for (Sharing.Partial<RistrettoElement> partial : partials) {
      command.append(' ').append(partial.index()).append(':');
      command.append(partial.element().encode().hex());
    }
    return Bytes.fromHex(ask(command.toString()));
  }

  @Override
  public void close() {
    process.destroy();
  }
}
