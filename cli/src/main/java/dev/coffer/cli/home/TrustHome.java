package dev.coffer.cli.home;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.notary.http.WebAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the parties of a development vault keep what. Real parties each have their own machine.
 *
 * @param directory {@code trust} in the vault's home, mode 700
 */
public record TrustHome(Path directory) {
  /** How many roots there are. */
  public static final int ROOTS = 5;

  /** How many of them decide. */
  public static final int ROOTS_THRESHOLD = 3;

  /** How many witnesses there are, all of which are asked for. */
  public static final int WITNESSES = 2;

  /** How many people may approve what the notary signs, all of whom have to. */
  public static final int APPROVERS = 2;

  /** The one of a vault's home. */
  public static TrustHome in(Path home) {
    return new TrustHome(home.resolve("trust"));
  }

  /** Whether this vault is trusted over the air; otherwise its fleet is pinned. */
  public boolean exists() {
    return Files.isRegularFile(policy());
  }

  /** The first trust policy with its roots' signatures: what an app compiles in. */
  public Path policy() {
    return directory.resolve("trust-policy.note");
  }

  /** The log's and witnesses' part of it, as a c2sp.org/tlog-policy. */
  public Path logPolicy() {
    return directory.resolve("log-policy");
  }

  public Path root(int number) {
    return directory.resolve("roots").resolve("root-" + number + ".key");
  }

  public Path operatorKey() {
    return directory.resolve("operator").resolve("operator.key");
  }

  public Path notary() {
    return directory.resolve("notary");
  }

  /** Where the notary answers: one line, its URL. */
  public Path notaryAddress() {
    return directory.resolve("notary.url");
  }

  /** What stands there. */
  public URI readNotaryAddress() throws Failure, IOException {
    if (!Files.isRegularFile(notaryAddress())) {
      throw new Failure(
          ExitCode.HERE,
          "The file " + notaryAddress() + " is not there.",
          "Write the notary's address into it, in full: https://HOST/PATH.");
    }
    String text = Files.readString(notaryAddress(), StandardCharsets.US_ASCII).strip();
    return WebAddress.parse(text)
        .orElseThrow(() ->
            new Failure(
                ExitCode.HERE,
                "The file " + notaryAddress() + " holds no address of the web.",
                "Write the notary's into it, in full: https://HOST/PATH."));
  }

  public Path notaryAuditKey() {
    return notary().resolve("audit.key");
  }

  /** Whose signature the notary's audits carry: one line, its public key. */
  public Path auditKey() {
    return directory.resolve("audit-key");
  }

  /** The public keys of those who may approve, a line each. */
  public Path approvers() {
    return directory.resolve("approvers");
  }

  public Path approverKey(int number) {
    return directory.resolve("approvers-keys").resolve("approver-" + number + ".key");
  }

  /** Whether the approvers' own keys lie here, as they do in a development vault alone. */
  public boolean playsApprovers() {
    return Files.isRegularFile(approverKey(1));
  }

  /** The statements that are on their way into the log, each under its hash. */
  public Path proposals() {
    return directory.resolve("operator").resolve("proposals");
  }

  public Path notaryKey() {
    return notary().resolve("notary.key");
  }

  public Path log() {
    return directory.resolve("log");
  }

  public Path logKey() {
    return log().resolve("log.key");
  }

  public Path witness(int number) {
    return directory.resolve("witness-" + number);
  }

  public Path witnessKey(int number) {
    return witness(number).resolve("witness.key");
  }
}
