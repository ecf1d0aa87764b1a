package dev.coffer.notary.server;

import dev.coffer.notary.bundle.BundleRule;
import dev.coffer.notary.bundle.EvidenceCheck;
import dev.coffer.notary.bundle.NotaryConfig;
import dev.coffer.notary.bundle.NotaryRules;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeySource;
import dev.coffer.notary.log.LogConfig;
import dev.coffer.notary.witness.WitnessConfig;
import dev.coffer.notary.witness.WitnessedLog;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.trust.TrustPolicy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Makes the configurations of log, witness and notary from the trust policy that counts, the newest
 * of its chain. Names, keys, witnesses and rules stand there and are stated nowhere else, so no
 * server can go by others.
 *
 * <p><b>Guaranteed:</b> a log or notary whose private key is not the one that the policy names does
 * not start, nor does a witness that the policy names with another key; a log made here lets in no
 * new leaf that names another policy (INV-9: no unlogged key), which is what makes an exchanged key
 * worthless.
 */
public final class Servers {
  private Servers() {}

  /**
   * The policy's log.
   *
   * @param home its folder
   * @param key its private key
   */
  public static LogConfig log(Path home, KeySource key, TrustPolicy policy, Listen listen) {
    return LogConfig.of(
        home,
        policy.log().logs().get(0).key().name(),
        key,
        BundleRule.of(policy),
        Optional.of(policy.log()),
        listen);
  }

  /**
   * A witness of the policy's logs; that the policy counts it is not necessary, since a witness is
   * there before a policy names it.
   *
   * @param home its folder
   * @param name its key's
   * @param key its private key
   */
  public static WitnessConfig witness(
      Path home,
      KeyName name,
      KeySource key,
      TrustPolicy policy,
      Listen listen,
      InstantSource clock) {
    Optional<VerifierKey> named =
        policy.log().witnesses().stream()
            .map(Policy.Witness::key)
            .filter(known -> known.name().equals(name))
            .findFirst();
    List<WitnessedLog> logs =
        policy.log().logs().stream().map(log -> WitnessedLog.of(log.key())).toList();
    return new WitnessConfig(home, name, key, named, logs, listen, clock);
  }

  /**
   * The policy's notary.
   *
   * @param home its folder
   * @param key its private key for bundles
   * @param auditKey its private key for Plexi's signatures
   * @param auditNotBeforeMillis since when that key counts, for Plexi's clients
   * @param approvers two people's public keys, or more
   * @param evidence what else has to be in order before it signs
   * @param log where the log is
   * @param observe how often to look at it
   */
  public static NotaryConfig notary(
      Path home,
      KeySource key,
      KeySource auditKey,
      long auditNotBeforeMillis,
      List<VerifierKey> approvers,
      EvidenceCheck evidence,
      TrustPolicy policy,
      URI log,
      Duration observe,
      Listen listen,
      InstantSource clock) {
    return new NotaryConfig(
        home,
        policy.notary(),
        key,
        auditKey,
        auditNotBeforeMillis,
        NotaryRules.of(policy, approvers, evidence),
        log,
        policy.log(),
        listen,
        observe,
        clock);
  }
}
