package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.operator.OperatorPolicies;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a bundle is read from. */
final class BundleSource {
  @Mixin private HomeOption where = new HomeOption();

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "A directory with fleet.note, fleet.tlog-proof and trust-policies (default: the nodes').")
  private @Nullable Path directory;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "The trust policy to start from (default: the home's).")
  private @Nullable Path policy;

  Path home(Session session) {
    return where.home(session);
  }

  TrustPolicy policy(Session session) throws Failure, OperatorFailure, IOException {
    return anchor(policy == null ? new VaultHome(home(session)).trust().policy() : policy);
  }

  BundleDelivery read(Session session) throws Failure, OperatorFailure, IOException {
    return read(directory == null ? VaultHome.bundle(home(session)) : directory);
  }

  /** The policy that an app compiles in: the first of those that begin in {@code first}. */
  static TrustPolicy anchor(Path first) throws OperatorFailure, IOException {
    return OperatorPolicies.history(first).policies().get(0);
  }

  /** What nodes hand out of that directory. */
  static BundleDelivery read(Path folder) throws Failure, IOException {
    return new BundleDelivery(
        file(folder.resolve("fleet.note")),
        file(folder.resolve("fleet.tlog-proof")),
        file(folder.resolve("trust-policies")));
  }

  private static Bytes file(Path path) throws Failure, IOException {
    if (!Files.isRegularFile(path)) {
      throw new Failure(
          ExitCode.HERE, "There is no " + path + ".", "Name its directory with --dir or --home.");
    }
    try (InputStream in = Files.newInputStream(path)) {
      return Bytes.wrap(in.readNBytes((64 << 10) + 1));
    }
  }
}
