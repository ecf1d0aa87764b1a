package dev.coffer.verification.language;

import dev.coffer.node.fleet.LoopbackFleet;
import dev.coffer.node.fleet.TestLogins;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.login.LoginToken;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The npm package of {@code web/client} in a Node.js process, one call a line. */
final class TypeScriptClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final BufferedWriter in;
  private final BufferedReader out;

  private TypeScriptClient(Process process) {
    this.process = process;
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Starts a process that accepts the fleet's certificates.
   *
   * @return empty, with the reason printed, without Node.js or the packages
   */
  static Optional<TypeScriptClient> start(Path authority) throws Exception {
    Optional<Path> built = NpmFolder.build();
    if (built.isEmpty()) {
      return Optional.empty();
    }
    ProcessBuilder builder =
        new ProcessBuilder("node", "test/fleet/driver.mjs")
            .directory(built.get().toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("NODE_EXTRA_CA_CERTS", authority.toAbsolutePath().toString());
    return Optional.of(new TypeScriptClient(builder.start()));
  }

  /** Reads the newest snapshot of a repository in a folder. */
  JsonNode readBackup(Path folder, Bytes secret) throws IOException {
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("op", "read-backup");
    call.put("folder", folder.toAbsolutePath().toString());
    call.put("secret", secret.hex());
    return ask(call);
  }

  /** Backs up {@code source} into a repository in a folder. */
  JsonNode writeBackup(Path folder, Bytes secret, Path source) throws IOException {
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("op", "write-backup");
    call.put("folder", folder.toAbsolutePath().toString());
    call.put("secret", secret.hex());
    call.put("source", source.toAbsolutePath().toString());
    return ask(call);
  }

  /** What a reader makes of each of {@code inputs}: {@code = …}, or {@code refused}. */
  List<String> read(String reader, List<Bytes> inputs) throws IOException {
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("op", "read");
    call.put("reader", reader);
    call.put("octets", inputs.stream().map(Bytes::hex).toList());
    List<String> results = new ArrayList<>();
    ask(call).get("results").forEach(result -> results.add(result.asString()));
    return results;
  }

  /** The client of one device of an account. */
  Device device(LoopbackFleet fleet, String account, Path memory) throws IOException {
    SecretBytes seed = SecretBytes.random(Randomness.system(), 32);
    LoginToken token =
        fleet
            .logins()
            .login(
                fleet.fleet().id(),
                account,
                Ed25519.publicKey(seed),
                Instant.now().plusSeconds(3600));
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("op", "open");
    call.put("name", memory.toString());
    call.put(
        "endpoints", List.of(1, 2, 3).stream().map(node -> fleet.uri(node).toString()).toList());
    call.put("fleetId", fleet.fleet().id().value().hex());
    call.put("tenant", TestLogins.TENANT);
    call.put("account", account);
    call.put("deviceSeed", Bytes.wrap(seed.copy()).hex());
    call.put("issuerKey", token.issuerKey().hex());
    call.put("rootSignature", token.rootSignature().hex());
    call.put("jwt", token.jwt());
    call.put("memory", memory.toString());
    ask(call);
    return new Device(memory.toString());
  }

  /** A device's calls; each gives the result's fields. */
  final class Device {
    private final String name;

    private Device(String name) {
      this.name = name;
    }

    JsonNode call(String op, String... namesAndValues) throws IOException {
      Map<String, Object> call = new TreeMap<>(Map.of("op", op, "name", name));
      for (int i = 0; i < namesAndValues.length; i += 2) {
        call.put(namesAndValues[i], namesAndValues[i + 1]);
      }
      return ask(call);
    }
  }

  private JsonNode ask(Map<String, Object> call) throws IOException {
    in.write(JSON.writeValueAsString(call));
    in.newLine();
    in.flush();
    String answer = out.readLine();
    if (answer == null) {
      throw new IOException("the TypeScript client ended; its complaint stands above");
    }
    return JSON.readTree(answer);
  }

  @Override
  public void close() {
    process.destroy();
  }
}
