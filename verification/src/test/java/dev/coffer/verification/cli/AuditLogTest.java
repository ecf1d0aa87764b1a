package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.coffer.notary.bundle.AuditAnswer;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.plexi.AuditMessage;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code coffer audit log} with a second source that lies, or that sits in the notary's place. */
@Tag("long")
class AuditLogTest {
  private static final String AUDITOR = "notary.example/audit";
  private static final SignerKey NEW_OPERATOR = TestKeys.signer("operator.example/2");
  private static final String NAMESPACE = TransparencyWorld.NAMESPACE.value();

  @TempDir private Path directory;
  private AuditWorld world;

  @BeforeEach
  void open() throws IOException {
    world = new AuditWorld(directory);
    world.publish(world.honest);
    world.show(world.honest);
    audited(1, 1, NAMESPACE, leaf(1), AUDITOR);
    audited(2, 2, NAMESPACE, leaf(2), AUDITOR);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private Bytes leaf(int epoch) {
    return BundleNote.prevHash(world.honest.leaves().get(epoch - 1));
  }

  /** The notary answers with this when it is asked for {@code asked}. */
  private void audited(long asked, long epoch, String namespace, Bytes digest, String signer) {
    AuditMessage message = new AuditMessage(namespace, world.now * 1000, epoch, digest);
    Bytes signature = message.sign(new Ed25519.SigningKey(TestKeys.seed(signer)));
    answered(asked, new AuditAnswer(message, signature, 0).json());
  }

  private void answered(long asked, String json) {
    world.audits.put("/namespaces/" + NAMESPACE + "/audits/" + asked, json);
  }

  private CommandLineUser.Ran audit() {
    return world.run(
        "audit",
        "log",
        "--notary",
        world.address("/notary").toString(),
        "--audit-key",
        TestKeys.signer(AUDITOR).verifier().text());
  }

  private void assertFails(String why) {
    audit().exits(8).says("PASS epoch 1").says("PASS epoch 2").says("FAIL second source: " + why);
  }

  @Test
  void whatTheAuditKeySignedPasses() {
    CommandLineUser.Ran ran = audit().exits(0).says("PASS epoch 2").says("PASS second source");
    assertFalse(ran.out().contains("SKIP"), ran.toString());
    assertFalse(ran.out().contains("FAIL"), ran.toString());
  }

  @Test
  void withoutAKeyTheNotarysWordIsSkipped() {
    String notary = world.address("/notary").toString();
    CommandLineUser.Ran ran = world.run("audit", "log", "--notary", notary).exits(0);
    ran.says("SKIP second source");
    assertFalse(ran.out().contains("PASS second source"), ran.toString());
    world.run("audit", "log", "--notary", notary, "--json").says("\"second\":\"SKIP\"");
  }

  @Test
  void theHomesKeyIsTaken() throws IOException {
    Files.createDirectories(directory.resolve("trust"));
    Files.writeString(
        directory.resolve("trust/audit-key"), TestKeys.signer(AUDITOR).verifier().text() + "\n");
    String notary = world.address("/notary").toString();
    world.run("audit", "log", "--notary", notary).exits(0).says("PASS second source");
    audited(2, 2, NAMESPACE, leaf(2), "somebody.example");
    world.run("audit", "log", "--notary", notary).exits(8).says("FAIL second source");
  }

  @Test
  void anotherLeafFails() {
    audited(2, 2, NAMESPACE, leaf(1), AUDITOR);
    assertFails("the notary audited another leaf");
  }

  @Test
  void anotherKeyFails() {
    audited(2, 2, NAMESPACE, leaf(2), "somebody.example");
    assertFails("the audit is not signed by the audit key");
  }

  @Test
  void aTrueDigestUnderTheSignatureOfAnotherMessageFails() {
    AuditMessage signed = new AuditMessage(NAMESPACE, world.now * 1000, 2, leaf(1));
    AuditMessage said = new AuditMessage(NAMESPACE, world.now * 1000, 2, leaf(2));
    Bytes signature = signed.sign(new Ed25519.SigningKey(TestKeys.seed(AUDITOR)));
    answered(2, new AuditAnswer(said, signature, 0).json());
    assertFails("the audit is not signed by the audit key");
  }

  @Test
  void anotherNamespaceFails() {
    audited(2, 2, "other.example/messages", leaf(2), AUDITOR);
    assertFails("the audit is of another namespace");
  }

  @Test
  void anotherEpochFails() {
    audited(2, 3, NAMESPACE, leaf(2), AUDITOR);
    assertFails("the audit is of another epoch");
  }

  @Test
  void whatIsNoAuditFails() {
    // All that was ever looked at.
    answered(2, "{\"digest\":\"" + leaf(2).hex() + "\"}");
    assertFails("the notary's answer is no audit");
  }

  @Test
  void anEpochThatTheNotaryDoesNotKnowFails() {
    world.audits.remove("/namespaces/" + NAMESPACE + "/audits/2");
    assertFails("the second source does not know it");
  }

  @Test
  void aMirrorIsASecondSource() {
    world.monitor("--once").exits(0);
    String copy = world.copy.toString();
    world.run("audit", "log", "--mirror", copy).exits(0).says("PASS second source");
    world.publish(world.honest);
    world.show(world.honest);
    CommandLineUser.Ran ran = world.run("audit", "log", "--mirror", copy).exits(8);
    ran.says("FAIL second source: the second source does not know it");
  }

  /** The roots exchange the operator, and everyone gets the new policy. */
  private TrustPolicy rotated() throws IOException {
    TrustPolicy like = world.honest.policy(world.honest.policy(), world.honest.roots);
    TrustPolicy second =
        new TrustPolicy(
            like.namespace(),
            like.version(),
            like.prev(),
            like.rootThreshold(),
            like.roots(),
            NEW_OPERATOR.verifier(),
            like.notary(),
            like.maxAgeHard(),
            like.maxAgeSoft(),
            like.announce(),
            like.log());
    Files.write(
        directory.resolve("trust-policy-2.note"),
        TransparencyWorld.signed(second, world.honest.roots.subList(0, 3)).toByteArray());
    return second;
  }

  private void logged(TrustPolicy policy, SignerKey operator) {
    TransparencyWorld honest = world.honest;
    Bundle like = world.next(honest);
    Bundle bundle =
        new Bundle(
            like.namespace(),
            like.epoch(),
            like.prev(),
            like.notBefore(),
            like.notAfter(),
            like.minEpoch(),
            like.policy(),
            policy.version(),
            policy.hash(),
            like.fleets());
    honest.append(BundleNote.sign(bundle, honest.notary, operator));
    world.show(honest);
    int epoch = honest.leaves().size();
    audited(epoch, epoch, NAMESPACE, leaf(epoch), AUDITOR);
  }

  @Test
  void eachEpochIsHeldToThePolicyThatItNames() throws IOException {
    TrustPolicy second = rotated();
    logged(world.honest.policy(), world.honest.operator);
    logged(second, NEW_OPERATOR);
    audit().exits(0).says("PASS epoch 1").says("PASS epoch 3").says("PASS epoch 4");
  }

  @Test
  void aLeafUnderTheOldPolicyAfterOneUnderTheNewFails() throws IOException {
    TrustPolicy second = rotated();
    logged(second, NEW_OPERATOR);
    logged(world.honest.policy(), world.honest.operator);
    audit().exits(8).says("PASS epoch 3").says("FAIL epoch 4").says("trust-policy never goes back");
  }

  @Test
  void aLeafOfTheOldOperatorUnderTheNewPolicyFails() throws IOException {
    logged(rotated(), world.honest.operator);
    audit().exits(8).says("PASS epoch 2").says("FAIL epoch 3").says("no signature by a known key");
    world.monitor("--once").exits(8).says("UNKNOWN_KEY Epoch 3");
  }

  @Test
  void aLeafUnderAPolicyThatNobodyKnowsFails() throws IOException {
    TrustPolicy second = rotated();
    logged(second, NEW_OPERATOR);
    Files.delete(directory.resolve("trust-policy-2.note"));
    audit().exits(8).says("FAIL epoch 3").says("names a trust policy that is not known here");
  }

  @Test
  void aPolicyWithoutItsRootsIsNotRead() throws IOException {
    TrustPolicy second = rotated();
    Files.write(
        directory.resolve("trust-policy-2.note"),
        TransparencyWorld.signed(second, world.honest.roots.subList(0, 2)).toByteArray());
    audit().exits(8).warns("trust-policy-2.note does not hold");
  }

  @Test
  void whatIsNoKeyIsSaid() {
    world
        .run("audit", "log", "--notary", world.address("/n").toString(), "--audit-key", "nonsense")
        .exits(2)
        .warns("--audit-key");
  }
}
