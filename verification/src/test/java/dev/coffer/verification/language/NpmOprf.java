package dev.coffer.verification.language;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.threshold.Sharing;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The npm package's client, behind {@code src/test/npm/oprf/oprf.mjs}, one command a line. */
final class NpmOprf implements AutoCloseable {

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
    Optional<List<String>> command = NpmFolder.install("oprf", "oprf.mjs", "@cloudflare");
    if (command.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new NpmOprf(
            new ProcessBuilder(command.get())
                .directory(NpmFolder.place("oprf").toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()));
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
