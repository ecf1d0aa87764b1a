package dev.coffer.lab.local;

import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.TrustHome;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.operator.Publisher;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.operator.BundleSigners;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;

/** The keys in a vault's home. */
public final class LocalSigners implements BundleSigners {
  private final TrustHome home;
  private final TrustPolicy policy;

  LocalSigners(TrustHome home, TrustPolicy policy) {
    this.home = home;
    this.policy = policy;
  }

  /** The operator of a vault on this machine, which plays the approvers, too. */
  public static Publisher publisher(Session session, VaultHome vault)
      throws Failure, OperatorFailure, IOException {
    return new Publisher(session, vault, new LocalSigners(vault.trust(), vault.policy()));
  }

  @Override
  public NoteSigner operator() throws IOException {
    return Publisher.signer(policy.operator(), home.operatorKey());
  }

  @Override
  public int approvers() throws IOException {
    if (!home.playsApprovers()) {
      return 0;
    }
    return keys().size();
  }

  @Override
  public NoteSigner approver(int number) throws IOException {
    try {
      return Publisher.signer(VerifierKey.parse(keys().get(number - 1)), home.approverKey(number));
    } catch (Refused e) {
      throw new IOException("The file " + home.approvers() + " is damaged: restore it.", e);
    }
  }

  private List<String> keys() throws IOException {
    return Files.readAllLines(home.approvers(), StandardCharsets.US_ASCII);
  }
}
