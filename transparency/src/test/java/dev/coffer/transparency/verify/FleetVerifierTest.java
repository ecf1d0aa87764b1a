package dev.coffer.transparency.verify;

import static dev.coffer.transparency.TransparencyWorld.DAY;
import static dev.coffer.transparency.TransparencyWorld.START;
import static dev.coffer.transparency.TransparencyWorld.fleet;
import static dev.coffer.transparency.TransparencyWorld.signed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Form, signatures and grammar: every lie at the step that is there to catch it. */
@Tag("long")
class FleetVerifierTest extends Scene {

  @Test
  void honestDeliveryIsTrusted() {
    Verdict.Trusted verdict = trusted(verify(world.delivery(START)));
    assertEquals(fleet, verdict.fleet());
    Verdict.Authentic bundle = verdict.bundle().orElseThrow();
    assertEquals(2, bundle.bundle().epoch());
    assertEquals(START, bundle.quorumTime());
    assertFalse(bundle.stale());
    assertEquals(List.of(active), bundle.active());
    assertEquals(2, verdict.memory().size());
    // Once more, with what was remembered, and from the framing.
    trusted(
        verifier.verify(
            world.delivery(START + 1), fleet, Purpose.REGISTER, START + 1, verdict.memory()));
  }

  @Test
  void deliveryTravels() throws Refused {
    BundleDelivery delivery = world.delivery(START, signed(policy, world.roots));
    trusted(verify(BundleDelivery.decode(delivery.encode())));
  }

  @Test
  void staleBundleIsTrustedAndSaysSo() {
    assertTrue(trusted(verify(world.delivery(START - 3 * DAY))).bundle().orElseThrow().stale());
    assertFalse(trusted(verify(world.delivery(START - 2 * DAY))).bundle().orElseThrow().stale());
  }

  @Test
  void memoryRoundTrips() throws Refused {
    Memory memory = seen();
    assertEquals(memory, Memory.decode(memory.encode()));
    assertEquals(Memory.EMPTY, Memory.decode(Memory.EMPTY.encode()));
  }

  @Test
  void formIsCheckedFirst() {
    BundleDelivery good = world.delivery(START);
    Bytes junk = Utf8.encode("junk");
    refused(Step.FORM, verify(BundleDelivery.NONE));
    refused(Step.FORM, verify(new BundleDelivery(junk, good.proof(), good.policies())));
    refused(Step.FORM, verify(new BundleDelivery(good.note(), junk, good.policies())));
    refused(Step.FORM, verify(new BundleDelivery(good.note(), good.proof(), junk)));
    Bytes big = Utf8.encode("x".repeat(Bundle.SIZE_MAX)).concat(good.note());
    refused(Step.FORM, verify(new BundleDelivery(big, good.proof(), good.policies())));
    String crlf = text(good.note()).replace("\n", "\r\n");
    refused(
        Step.FORM, verify(new BundleDelivery(Utf8.encode(crlf), good.proof(), good.policies())));
    Bytes bom = Utf8.encode("\ufeff").concat(good.note());
    refused(Step.FORM, verify(new BundleDelivery(bom, good.proof(), good.policies())));
  }

  @Test
  void windowsEditorsAndStrayBitsAreRefusedByForm() throws Refused {
    BundleDelivery good = world.delivery(START, signed(policy, world.roots));
    for (int part = 0; part < 3; part++) {
      for (UnaryOperator<String> change : MANGLED) {
        Bytes note = mangled(good.note(), change, part == 0);
        Bytes proof = mangled(good.proof(), change, part == 1);
        List<Bytes> policies = new ArrayList<>();
        for (Bytes one : good.policyNotes()) {
          policies.add(mangled(one, change, part == 2));
        }
        refused(Step.FORM, verify(BundleDelivery.of(note, proof, policies)));
      }
    }
  }

  /** CRLF, a byte order mark, base64 without its padding, base64 with a bit nobody reads. */
  private static final List<UnaryOperator<String>> MANGLED =
      List.of(
          text -> text.replace("\n", "\r\n"),
          text -> "\ufeff" + text,
          text -> text.substring(0, text.length() - 2) + "\n",
          FleetVerifierTest::strayBit);

  private static String strayBit(String text) {
    int end = text.length() - 1;
    while (text.charAt(end - 1) == '=') {
      end--;
    }
    return text.substring(0, end - 1) + (char) (text.charAt(end - 1) + 1) + text.substring(end);
  }

  private static Bytes mangled(Bytes octets, UnaryOperator<String> change, boolean wanted) {
    return wanted ? Utf8.encode(change.apply(text(octets))) : octets;
  }

  private static String text(Bytes octets) {
    return new String(octets.toByteArray(), java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void everyChangedOctetOfADeliveryIsRefused() {
    BundleDelivery good = world.delivery(START, signed(policy, world.roots));
    byte[] octets = good.encode().toByteArray();
    // Policies that the app has already are not looked at again: stop before their signatures.
    int end = 8 + good.note().size() + good.proof().size();
    for (int i = 0; i < end; i++) {
      byte[] changed = octets.clone();
      changed[i] ^= (byte) (1 << i % 7);
      try {
        Verdict verdict = verify(BundleDelivery.decode(Bytes.wrap(changed)));
        assertInstanceOf(Verdict.Distrusted.class, verdict, "octet " + i);
      } catch (Refused e) {
        // The framing already.
      }
    }
  }

  @Test
  void operatorsSignatureMissingOrByAnother() {
    Note notarised = BundleNote.notarise(third(), world.notary);
    refused(Step.OPERATOR_SIGNATURE, verify(delivering(notarised.encode())));
    SignerKey other = TestKeys.signer("someone.example");
    refused(Step.OPERATOR_SIGNATURE, verify(delivering(BundleNote.counterSign(notarised, other))));
  }

  @Test
  void operatorSignsTheStatementInsteadOfTheNote() {
    // The operator's signature holds; what lies under it is no note of the notary's.
    Bytes flat = Note.sign(third().text(), world.notary, world.operator).encode();
    refused(Step.NOTARY_SIGNATURE, verify(delivering(flat)));
    Bytes alone = Note.sign(third().text(), world.operator).encode();
    refused(Step.NOTARY_SIGNATURE, verify(delivering(alone)));
  }

  @Test
  void notarysSignatureByAnother() {
    SignerKey other = TestKeys.signer("someone.example");
    refused(
        Step.NOTARY_SIGNATURE, verify(delivering(BundleNote.sign(third(), other, world.operator))));
    SignerKey sameName =
        SignerKey.of(
            world.notary.verifier().name(), SignatureType.ED25519, TestKeys.seed("someone"));
    refused(
        Step.NOTARY_SIGNATURE,
        verify(delivering(BundleNote.sign(third(), sameName, world.operator))));
  }

  @Test
  void swappedRoles() {
    refused(
        Step.OPERATOR_SIGNATURE,
        verify(delivering(BundleNote.sign(third(), world.operator, world.notary))));
    refused(
        Step.NOTARY_SIGNATURE,
        verify(delivering(BundleNote.sign(third(), world.operator, world.operator))));
  }

  @Test
  void knownKeyWithABadSignatureAmongGoodOnes() {
    Note notarised = BundleNote.notarise(third(), world.notary);
    Note other = BundleNote.notarise(world.next(START + 1, active), world.notary);
    Note spoiled = notarised.with(other.signatures().get(0));
    refused(
        Step.NOTARY_SIGNATURE, verify(delivering(BundleNote.counterSign(spoiled, world.operator))));

    Note good = world.cosigned(START);
    Note elsewhere = world.cosign(world.checkpoint(1), START, 2);
    Note badWitness = good.with(elsewhere.signatures().get(1));
    BundleDelivery fine = delivering(BundleNote.sign(third(), world.notary, world.operator));
    Note newest = world.cosigned(START);
    refused(
        Step.WITNESS_QUORUM, verify(world.delivery(newest.with(badWitness.signatures().get(3)))));
    Note badLog = newest.with(world.checkpoint(1).signatures().get(0));
    refused(Step.LOG_SIGNATURE, verify(world.delivery(badLog)));
    trusted(verify(fine));
  }

  @Test
  void unknownSignaturesAreIgnored() {
    SignerKey stranger = TestKeys.signer("stranger.example");
    SignerKey unknownWitness = TestKeys.witness("witness.example/unknown");
    Note notarised = BundleNote.notarise(third(), world.notary);
    Note more = notarised.with(stranger.sign(third().text()));
    world.append(BundleNote.counterSign(more, world.operator));
    Note checkpoint = world.cosigned(START);
    String text = checkpoint.unverifiedText();
    trusted(
        verify(
            world.delivery(
                checkpoint
                    .with(stranger.sign(text))
                    .with(unknownWitness.cosign(text, START + 99 * DAY)))));
  }

  @Test
  void grammarIsStrict() {
    String good = third().text();
    List<String> bad = new ArrayList<>();
    bad.add(good.replace("epoch 3", "epoch 03"));
    bad.add(good.replace("epoch 3", "epoch  3"));
    bad.add(good.replace("epoch 3", "epoch 9223372036854775808"));
    bad.add(good.replace("min-epoch 1", "min-epoch 4"));
    bad.add(good + "note of another kind\n");
    for (String text : bad) {
      Bytes note = BundleNote.counterSign(Note.sign(text, world.notary), world.operator);
      TransparencyWorld fresh = new TransparencyWorld();
      fresh.append(note);
      refused(Step.GRAMMAR, verify(fresh.delivery(START)));
    }
  }

  @Test
  void anotherNamespaceOrPolicyIsRefused() {
    Bundle b = third();
    Bundle other =
        new Bundle(
            new KeyName("vault.example/other"),
            b.epoch(),
            b.prev(),
            b.notBefore(),
            b.notAfter(),
            b.minEpoch(),
            b.policy(),
            b.trustPolicy(),
            b.trustPolicyHash(),
            b.fleets());
    refused(Step.GRAMMAR, verify(delivering(BundleNote.sign(other, world.notary, world.operator))));
    Bundle unnamed = world.next(world.policy(policy, world.roots), START, active);
    refused(
        Step.NAMED_POLICY,
        verify(delivering(BundleNote.sign(unnamed, world.notary, world.operator))));
  }
}
