package dev.coffer.cli.trust;

import dev.coffer.notary.operator.BundleSigners;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;

/** The keys in a vault's home. */
final class LocalSigners implements BundleSigners {
  private final TrustHome home;
  private final TrustPolicy policy;

  LocalSigners(TrustHome home, TrustPolicy policy) {
    this.home = home;
    this.policy = policy;
  }

  @Override
  public NoteSigner operator() throws IOException {
    return TrustFounding.signer(policy.operator(), home.operatorKey());
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
      return TrustFounding.signer(
          VerifierKey.parse(keys().get(number - 1)), home.approverKey(number));
    } catch (Refused e) {
      throw new IOException("The file " + home.approvers() + " is damaged: restore it.", e);
    }
  }

  private List<String> keys() throws IOException {
    return Files.readAllLines(home.approvers(), StandardCharsets.US_ASCII);
  }
}
