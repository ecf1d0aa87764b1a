package dev.coffer.notary.operator;

import dev.coffer.files.AtomicFile;
import dev.coffer.notary.http.WebAddress;
import dev.coffer.notary.operator.OperatorFailure.Reason;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.PolicyFiles;
import dev.coffer.transparency.trust.PolicyHistory;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The trust policies of a vault as its operator reads and adds to them: see {@link PolicyFiles}.
 */
public final class OperatorPolicies {
  private OperatorPolicies() {}

  /** All that begin in {@code first}, each signed by its own roots and those before. */
  public static PolicyHistory history(Path first) throws OperatorFailure, IOException {
    try {
      return PolicyFiles.read(first);
    } catch (NoSuchFileException e) {
      throw new OperatorFailure(
          Reason.HERE,
          "There is no trust policy " + first + ".",
          "Start the vault with coffer up, or name another with --home or --policy.");
    } catch (PolicyFiles.Unsound e) {
      throw new OperatorFailure(
          Reason.UNTRUSTED, e.getMessage() + ".", "Get it again from the maker of the app.");
    }
  }

  /**
   * Puts version 1, signed by enough of its own roots, where there is none; once this returns it is
   * durable.
   */
  public static void begin(Path first, Bytes note) throws OperatorFailure, IOException {
    try {
      var unused = PolicyHistory.of(note);
      AtomicFile.replace(first, note.toByteArray(), AtomicFile.Access.OWNER);
    } catch (Refused e) {
      throw new OperatorFailure(
          Reason.UNTRUSTED,
          "This is no first trust policy: " + e.what() + ".",
          "Make it with coffer policy first, and have its roots sign it.");
    }
  }

  /** The newest of those that begin in {@code first}: the one that counts. */
  public static TrustPolicy newest(Path first) throws OperatorFailure, IOException {
    return history(first).newest();
  }

  /**
   * Puts the next version beside those before; once this returns it is durable.
   *
   * @param history all of {@code first}'s
   * @param note signed by enough of the old and the new roots
   */
  public static void add(Path first, PolicyHistory history, Bytes note)
      throws OperatorFailure, IOException {
    try {
      long version = history.with(note).newest().version();
      AtomicFile.replace(
          PolicyFiles.version(first, version), note.toByteArray(), AtomicFile.Access.OWNER);
    } catch (Refused e) {
      throw new OperatorFailure(
          Reason.UNTRUSTED,
          "This is not the next trust policy: " + e.what() + ".",
          "Make it with coffer policy next, and have the roots sign it.");
    }
  }

  /** Where the log of a policy is. */
  public static URI logAddress(TrustPolicy policy) throws OperatorFailure {
    String text =
        policy
            .log()
            .logs()
            .get(0)
            .url()
            .orElseThrow(() -> unusable("The trust policy does not say where its log is."));
    return WebAddress.parse(text)
        .orElseThrow(() -> unusable("The trust policy's address of its log is none."));
  }

  private static OperatorFailure unusable(String what) {
    return new OperatorFailure(Reason.USAGE, what, "Give the address with --log.");
  }
}
