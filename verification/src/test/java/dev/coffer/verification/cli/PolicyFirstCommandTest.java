package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.coffer.notary.key.KeyFile;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.verification.cli.CommandLineUser.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A vault that nobody has begun gets its first trust policy, by the commands of each party. */
class PolicyFirstCommandTest {
  @TempDir private Path folder;

  private Path policy() {
    return folder.resolve("trust-policy.note");
  }

  private Ran coffer(String... words) {
    return CommandLineUser.of(folder, "somebody").run(words);
  }

  private Path key(String name) {
    return folder.resolve(name + ".pem");
  }

  /** A party makes its key, and gives the public half. */
  private String made(String name, String... more) throws IOException {
    if (!Files.exists(key(name))) {
      try (SecretBytes seed = SecretBytes.random(Randomness.system(), 32)) {
        KeyFile.write(key(name), seed);
      }
    }
    List<String> words = new ArrayList<>(List.of("policy", "key"));
    words.addAll(List.of("--key", key(name).toString(), "--name", name + ".example/1"));
    words.addAll(List.of(more));
    return coffer(words.toArray(String[]::new)).exits(0).out().strip();
  }

  private Ran sign(String root) {
    return coffer(
        "policy",
        "sign",
        folder.resolve("draft").toString(),
        "--key",
        key(root).toString(),
        "--policy",
        policy().toString(),
        "--yes");
  }

  private Ran add() {
    String draft = folder.resolve("draft").toString();
    return coffer("policy", "add", draft, "--policy", policy().toString());
  }

  private Ran first(String witness) throws IOException {
    Path log =
        Files.writeString(
            folder.resolve("log-policy"),
            "log "
                + made("log")
                + " https://log.example\nwitness one "
                + witness
                + " https://witness.example\ngroup all 1 one\nquorum all\n");
    List<String> words = new ArrayList<>(List.of("policy", "first"));
    words.add(folder.resolve("draft").toString());
    words.addAll(List.of("--namespace", "vault.example/app", "--log-policy", log.toString()));
    words.addAll(List.of("--operator", made("operator"), "--notary", made("notary")));
    for (String root : List.of("a", "b", "c", "d", "e")) {
      words.addAll(List.of("--root", made(root)));
    }
    return coffer(words.toArray(String[]::new));
  }

  @Test
  void itsRootsMakeThePolicyThatAppsStartFrom() throws IOException {
    begun();
  }

  private void begun() throws IOException {
    first(made("witness", "--witness"))
        .exits(0)
        .says("namespace vault.example/app")
        .says("announce 604800")
        .says("signed by 0 of its own roots (3 needed)");
    sign("a").exits(0).says("+ version 1");
    sign("operator").exits(2).warns("This key is no root's");
    sign("b").exits(0);
    add().exits(8).warns("Too few roots have signed it");
    assertFalse(Files.exists(policy()));
    sign("c").exits(0).says("signed by 3 of its own roots");
    add().exits(0);
    coffer("policy", "show", "--policy", policy().toString()).exits(0).says("PASS version 1");
    // There is one: another first version is none that follows.
    add().exits(2).warns("This is not the version after 1");
    // And the next one follows it.
    coffer(
            "policy",
            "next",
            folder.resolve("draft").toString(),
            "--operator",
            made("operator-2"),
            "--policy",
            policy().toString())
        .exits(0)
        .says("Version 2, signed by 0 of the roots before (3 needed) and 0 of its own (3 needed).");
  }

  /** A witness cosigns, which is another kind of key; and nobody has two roles. */
  @Test
  void whatIsNoPolicyIsNotWritten() throws IOException {
    first(made("operator", "--witness")).exits(2).warns("nobody has two roles");
    assertFalse(Files.exists(folder.resolve("draft")));
    assertEquals(2, first(made("log")).status());
  }

  @Test
  void aLaterVersionIsNoBeginning() throws IOException {
    begun();
    Files.delete(policy());
    sign("a").exits(2).warns("This is version 2, and there is none before it here");
  }
}
