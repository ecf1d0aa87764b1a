package dev.coffer.evidence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Refused;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Manifest, envelope and key are read in one form alone, and folders as they are. */
class FormatsTest {
  @TempDir private Path folder;

  /** The pre-authentication encoding of the specification's own example, with another type. */
  @Test
  void theSignedTextIsThatOfTheSpecification() {
    assertEquals(
        ForgedCeremony.ascii("DSSEv1 28 application/vnd.in-toto+json 11 hello world"),
        Envelope.signed(ForgedCeremony.ascii("hello world")));
  }

  /** No octet can be another one: it is refused, or the signature does not hold. */
  @Test
  void noOctetOfManifestAndEnvelopeCanBeAnother() throws Exception {
    EvidencePackage made = Tampering.sound(folder);
    Bytes manifest = made.read(PackageFiles.MANIFEST);
    Bytes envelope = made.read(PackageFiles.ENVELOPE);
    Bytes key = EvidencePackage.OPERATOR.publicKey();
    assertTrue(Envelope.parse(envelope).verify(key));
    Bytes hash = Manifest.parse(manifest).hash();
    for (int at = 0; at < manifest.size(); at++) {
      byte[] changed = manifest.toByteArray();
      changed[at] ^= 1;
      Bytes other = Bytes.wrap(changed);
      try {
        assertFalse(Manifest.parse(other).hash().equals(hash));
      } catch (Refused e) {
        assertTrue(e.code().number() >= 601, "refused by a rule");
      }
    }
    for (int at = 0; at < envelope.size(); at += 7) {
      byte[] changed = envelope.toByteArray();
      changed[at] ^= 1;
      try {
        Envelope other = Envelope.parse(Bytes.wrap(changed));
        boolean same =
            other.payload().equals(manifest) && other.hint().equals(Envelope.hintOf(key));
        assertFalse(same && other.verify(key), "octet " + at);
      } catch (Refused e) {
        assertTrue(e.code().number() >= 601, "refused by a rule");
      }
    }
  }

  @Test
  void aManifestSaysNothingThatATerminalActsOn() throws Exception {
    Bytes manifest = Tampering.sound(folder).read(PackageFiles.MANIFEST);
    String text = new String(manifest.toByteArray(), StandardCharsets.US_ASCII);
    Bytes escaped = ForgedCeremony.ascii(text.replace("stood open", "stood \\u001b[2Jopen"));
    assertThrows(Refused.class, () -> Manifest.parse(escaped));
  }

  @Test
  void aKeyHasOneForm() throws Exception {
    Bytes key = EvidencePackage.OPERATOR.publicKey();
    Bytes file = PublicKeyPem.encode(key);
    assertEquals(key, PublicKeyPem.parse(file));
    for (int at = 0; at < file.size(); at++) {
      byte[] changed = file.toByteArray();
      changed[at] ^= 1;
      try {
        assertFalse(PublicKeyPem.parse(Bytes.wrap(changed)).equals(key), "octet " + at);
      } catch (Refused e) {
        assertTrue(e.code().number() >= 601, "refused by a rule");
      }
    }
  }

  /** A link would have the auditor's own file read in the place of the package's. */
  @Test
  void linksAndLargeFilesAreNoEvidence() throws Exception {
    EvidencePackage made = Tampering.sound(folder);
    Path script = made.folder.resolve(PackageFiles.SCRIPT);
    Path elsewhere = Files.move(script, folder.resolve("elsewhere"));
    Files.createSymbolicLink(script, elsewhere);
    assertEquals(
        List.of(Claim.MANIFEST_FILES, Claim.MANIFEST_COMPLETE, Claim.CEREMONY_SCRIPT),
        made.audit().with(Finding.Outcome.FAIL));
    Files.delete(script);
    Files.write(script, new byte[(256 << 10) + 1]);
    assertEquals(
        List.of(Claim.MANIFEST_FILES, Claim.CEREMONY_SCRIPT),
        made.audit().with(Finding.Outcome.FAIL));
  }

  /** The maker writes exactly what a sound package is; it does so once more, octet for octet. */
  @Test
  void whatIsMadeIsASoundPackage() throws Exception {
    EvidencePackage sound = Tampering.sound(folder);
    Path to = folder.resolve("to");
    EvidenceMaker.Made made =
        EvidenceMaker.make(
            sound.folder.resolve("ceremony"),
            to,
            ForgedCeremony.SIGNATURES,
            EvidencePackage.OPERATOR,
            Optional.of(built(sound.expected.image().orElseThrow())),
            Optional.of(sound.inquiry()));
    assertEquals(sound.manifest().hash(), made.manifest());
    assertEquals(sound.fleet().id(), made.fleet());
    assertTrue(made.simulated());
    var names = new PackageFiles(sound.folder).names();
    assertEquals(names, new PackageFiles(to).names());
    assertEquals(made.files(), names.size());
    for (String name : names) {
      assertEquals(sound.read(name), Bytes.wrap(Files.readAllBytes(to.resolve(name))), name);
    }
  }

  /** What an earlier package had, and the next one has not, does not stay. */
  @Test
  void whatIsMadeAgainHasItsOwnFilesAlone() throws Exception {
    EvidencePackage sound = Tampering.sound(folder);
    Path ceremony = sound.folder.resolve("ceremony");
    Path to = folder.resolve("to");
    Path image = sound.expected.image().orElseThrow();
    make(ceremony, to, Optional.of(built(image)));
    Files.delete(ceremony.resolve("signature-person-3.sig"));
    make(ceremony, to, Optional.of(new EvidenceMaker.Built(image, Optional.empty())));
    assertFalse(Files.exists(to.resolve(PackageFiles.PROVENANCE)));
    assertFalse(Files.exists(to.resolve("ceremony/signature-person-3.sig")));
    Audit audit = Audit.of(to, ForgedCeremony.SIGNATURES, Expectations.NONE);
    assertTrue(audit.clean(), audit.findings().toString());
    // Without an image, the list of the one before stays.
    make(ceremony, to, Optional.empty());
    assertTrue(Files.exists(to.resolve(PackageFiles.IMAGE)));
    Path foreign = Files.writeString(to.resolve("notes.txt"), "mine");
    byte[] before = Files.readAllBytes(to.resolve(PackageFiles.ENVELOPE));
    assertThrows(CeremonyRefused.class, () -> make(ceremony, to, Optional.empty()));
    assertEquals("mine", Files.readString(foreign));
    assertArrayEquals(before, Files.readAllBytes(to.resolve(PackageFiles.ENVELOPE)));
  }

  private static void make(Path ceremony, Path to, Optional<EvidenceMaker.Built> image)
      throws Exception {
    var unused =
        EvidenceMaker.make(
            ceremony,
            to,
            ForgedCeremony.SIGNATURES,
            EvidencePackage.OPERATOR,
            image,
            Optional.empty());
  }

  /** Made again while they do not run, with what they said before. */
  @Test
  void whatHsmsSaidStays() throws Exception {
    EvidencePackage sound = Tampering.sound(folder);
    Bytes before = sound.manifest().hash();
    assertEquals(before, again(sound, Optional.empty()).manifest());
    Inquiry silent =
        new Inquiry(
            Optional.empty(),
            Bytes.zeros(32),
            (hsms, nonce) -> Collections.nCopies(hsms, Optional.empty()));
    assertThrows(CeremonyRefused.class, () -> again(sound, Optional.of(silent)));
    Inquiry recorded = new Inquiry(Optional.empty(), Bytes.zeros(32), sound.inquiry().hsms());
    assertThrows(CeremonyRefused.class, () -> again(sound, Optional.of(recorded)));
    assertEquals(before, sound.manifest().hash());
  }

  private static EvidenceMaker.Made again(EvidencePackage sound, Optional<Inquiry> inquiry)
      throws Exception {
    return EvidenceMaker.make(
        sound.folder.resolve("ceremony"),
        sound.folder,
        ForgedCeremony.SIGNATURES,
        EvidencePackage.OPERATOR,
        Optional.empty(),
        inquiry);
  }

  private static EvidenceMaker.Built built(Path image) {
    return new EvidenceMaker.Built(image, Optional.of(ForgedCeremony.COMMIT));
  }

  /** A list of other files than were measured would be no list. */
  @Test
  void anotherImageIsNotListed() throws Exception {
    EvidencePackage sound = Tampering.sound(folder);
    Path image = sound.expected.image().orElseThrow();
    Files.write(image.resolve("lib/jvm.cfg"), new byte[1]);
    Path to = folder.resolve("to");
    assertThrows(
        CeremonyRefused.class,
        () ->
            EvidenceMaker.make(
                sound.folder.resolve("ceremony"),
                to,
                ForgedCeremony.SIGNATURES,
                EvidencePackage.OPERATOR,
                Optional.of(built(image)),
                Optional.empty()));
    assertFalse(Files.exists(to));
  }

  /** All claims are about the same octets, whoever writes in the folder meanwhile. */
  @Test
  void everyFileIsReadOnce() throws Exception {
    EvidencePackage made = Tampering.sound(folder);
    Audit audit =
        Audit.of(
            made.folder,
            (person, text, signature) -> {
              made.write("ceremony/plan.txt", Bytes.zeros(1));
              return ForgedCeremony.SIGNATURES.objection(person, text, signature);
            },
            Expectations.NONE);
    assertTrue(audit.clean(), audit.findings().toString());
  }

  /** No package is made of a record that does not verify. */
  @Test
  void nothingIsMadeOfABrokenRecord() throws Exception {
    Path record = folder.resolve("record");
    new ForgedCeremony().write(record);
    Files.delete(record.resolve("site-2.statement"));
    Path to = folder.resolve("to");
    assertThrows(
        CeremonyRefused.class,
        () ->
            EvidenceMaker.make(
                record,
                to,
                ForgedCeremony.SIGNATURES,
                EvidencePackage.OPERATOR,
                Optional.empty(),
                Optional.empty()));
    assertFalse(Files.exists(to));
  }

  /** The signature comes last: what was cut off before is no package. */
  @Test
  void aPackageWithoutItsSignatureIsNone() throws Exception {
    EvidencePackage made = Tampering.sound(folder);
    Files.delete(made.folder.resolve(PackageFiles.ENVELOPE));
    assertEquals(List.of(Claim.MANIFEST_SIGNATURE), made.audit().with(Finding.Outcome.FAIL));
    try (Stream<Path> files = Files.list(made.folder)) {
      assertEquals(16, files.count());
    }
  }
}
