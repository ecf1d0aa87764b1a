package dev.coffer.transparency.note;

import static dev.coffer.transparency.RefusalAssertion.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoteTest {
  /** The example of c2sp.org/signed-note. */
  private static final String KEY =
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

  private static final String NOTE =
      "This is an example message.\n\n\u2014 example.com/foo"
          + " Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

  private final SignerKey alice = TestKeys.signer("example.com/alice");
  private final SignerKey bob = TestKeys.signer("example.com/bob");
  private final SignerKey witness = TestKeys.witness("example.com/witness");

  private static Bytes octets(String text) {
    return Utf8.encode(text);
  }

  @Test
  void exampleOfTheSpecificationHolds() throws Refused {
    VerifierKey key = VerifierKey.parse(KEY);
    assertEquals(KEY, key.text());
    VerifiedNote note = Note.open(octets(NOTE), List.of(key));
    assertEquals("This is an example message.\n", note.text());
    assertTrue(note.signedBy(key));
    assertEquals(octets(NOTE), Note.parse(octets(NOTE)).encode());
  }

  @Test
  void anyChangedOctetIsRefused() throws Refused {
    VerifierKey key = VerifierKey.parse(KEY);
    byte[] octets = NOTE.getBytes(StandardCharsets.UTF_8);
    int accepted = 0;
    for (int i = 0; i < octets.length; i++) {
      byte[] changed = octets.clone();
      changed[i] ^= 1;
      try {
        Note.open(Bytes.wrap(changed), List.of(key));
        accepted++;
      } catch (Refused e) {
        // As it should be.
      }
    }
    assertEquals(0, accepted);
  }

  @Test
  void noteInsideANote() throws Refused {
    String inner = Note.sign("statement\n\nwith a blank line\n", alice).toText();
    Note outer = Note.sign(inner, bob);
    VerifiedNote opened = Note.open(outer.encode(), List.of(bob.verifier()));
    assertEquals(inner, opened.text());
    VerifiedNote within = Note.parse(opened.text()).verify(List.of(alice.verifier()));
    assertEquals("statement\n\nwith a blank line\n", within.text());
    // Each signature stands at its own border: neither key opens the other's note.
    assertRefused(RefusalCode.UNKNOWN_SIGNER, () -> outer.verify(List.of(alice.verifier())));
  }

  @Test
  void unknownPairsAreIgnoredAndKnownOnesAreNot() throws Refused {
    Note note = Note.sign("text\n", alice, bob);
    assertEquals(1, note.verify(List.of(alice.verifier())).signatures().size());
    // The same name with another key is another pair, and so is the same key under another name.
    VerifierKey impostor =
        SignerKey.of(alice.verifier().name(), SignatureType.ED25519, TestKeys.seed("someone else"))
            .verifier();
    assertRefused(RefusalCode.UNKNOWN_SIGNER, () -> note.verify(List.of(impostor)));
    assertRefused(RefusalCode.UNKNOWN_SIGNER, () -> note.verify(List.of()));
    // A pair is name and id together: a line with a known id and another name is unknown.
    NoteSignature renamed =
        new NoteSignature(
            new KeyName("x"), alice.verifier().id(), note.signatures().get(0).payload());
    assertEquals(1, note.with(renamed).verify(List.of(alice.verifier())).signatures().size());
  }

  @Test
  void knownKeyWithABadSignatureSpoilsGoodOnes() {
    Note good = Note.sign("text\n", alice, bob);
    NoteSignature bad = Note.sign("other\n", alice).signatures().get(0);
    assertRefused(
        RefusalCode.BAD_SIGNATURE,
        () -> good.with(bad).verify(List.of(alice.verifier(), bob.verifier())));
  }

  @Test
  void oneKeyUnderTwoNamesIsOneParty() throws Refused {
    SignerKey alias =
        SignerKey.of(
            new KeyName("example.com/alias"),
            SignatureType.ED25519,
            TestKeys.seed("example.com/alice"));
    VerifiedNote note =
        Note.sign("text\n", alice, alias).verify(List.of(alice.verifier(), alias.verifier()));
    assertEquals(2, note.signatures().size());
    assertEquals(1, note.distinctKeys());
  }

  @Test
  void cosignatureCoversTimeAndText() throws Refused {
    Note note = Note.sign("origin\n1\nroot\n", alice);
    NoteSignature line = witness.cosign(note.unverifiedText(), 1_700_000_000);
    VerifiedNote verified = note.with(line).verify(List.of(witness.verifier()));
    assertEquals(1_700_000_000, verified.signatures().get(0).time());
    byte[] payload = line.payload().toByteArray();
    payload[7] ^= 1;
    NoteSignature later = new NoteSignature(line.name(), line.id(), Bytes.wrap(payload));
    assertRefused(
        RefusalCode.BAD_SIGNATURE, () -> note.with(later).verify(List.of(witness.verifier())));
    payload[7] ^= 1;
    payload[0] = (byte) 0x80;
    NoteSignature beyond = new NoteSignature(line.name(), line.id(), Bytes.wrap(payload));
    assertRefused(
        RefusalCode.BAD_SIGNATURE, () -> note.with(beyond).verify(List.of(witness.verifier())));
  }

  @Test
  void keysOfBothTypesHaveDifferentIds() {
    SignerKey plain = TestKeys.signer("example.com/witness");
    assertEquals(plain.verifier().publicKey(), witness.verifier().publicKey());
    assertFalse(plain.verifier().id().equals(witness.verifier().id()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text\n",
        "text\n\n",
        "text\n\n\u2014 a\n",
        "text\n\n\u2014 a AAAAAAA=",
        "text\n\n\u2014 a AAAA\n",
        "text\n\n\u2014 a AAAAAA==\n",
        "text\n\n\u2014 a AAAAAAB=\n",
        "text\n\n\u2014 a AAAAAAA\n",
        "text\n\n\u2014 a AAAAAAA=\n\n",
        "text\n\n\u2014 a AAAAAAA= \n",
        "text\n\n\u2014  a AAAAAAA=\n",
        "text\n\n\u2014 a+b AAAAAAA=\n",
        "text\n\n\u2014 a\u00a0b AAAAAAA=\n",
        "text\n\n- a AAAAAAA=\n",
        "text\r\n\r\n\u2014 a AAAAAAA=\r\n",
        "text\t\n\n\u2014 a AAAAAAA=\n",
        "\ufefftext\n\n\u2014 a AAAAAAA=\n",
        "text\n\n\u2014 a AAAAAAA=\n\u2014 b AAAA",
      })
  void malformedNotesAreRefused(String text) {
    try {
      Note.parse(octets(text));
    } catch (Refused e) {
      return;
    }
    throw new AssertionError("was accepted");
  }

  @Test
  void illFormedUtf8IsRefused() {
    for (String hex : List.of("c080", "eda080", "ff", "f4908080", "e28")) {
      Bytes text =
          Bytes.fromHex(hex.length() % 2 == 0 ? hex : hex + "0")
              .concat(octets("\n\n\u2014 a AAAAAAA=\n"));
      assertRefused(RefusalCode.BAD_TEXT, () -> Note.parse(text));
    }
  }

  @Test
  void sizesAreLimited() throws Refused {
    String line = "\u2014 a AAAAAAA=\n";
    assertEquals(64, Note.parse(octets("t\n\n" + line.repeat(64))).signatures().size());
    assertRefused(RefusalCode.TOO_LARGE, () -> Note.parse(octets("t\n\n" + line.repeat(65))));
    assertRefused(RefusalCode.TOO_LARGE, () -> Note.parse(octets(NOTE), 10));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+BekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k ",
      })
  void malformedVerifierKeysAreRefused(String text) {
    try {
      VerifierKey.parse(text);
    } catch (Refused e) {
      return;
    }
    throw new AssertionError("was accepted");
  }

  @Test
  void privateKeysRoundTrip() throws Refused {
    for (int i = 0; i < 200; i++) {
      // Some of these seeds have a plus in their base64.
      try (SignerKey key = TestKeys.signer("example.com/" + i);
          SecretBytes text = key.privateText();
          SignerKey read = SignerKey.parse(text)) {
        assertEquals(key.verifier(), read.verifier());
        assertEquals(key.sign("x\n"), read.sign("x\n"));
        assertEquals("SignerKey[example.com/" + i + "]", key.toString());
      }
    }
    SecretBytes publicText = SecretBytes.copyOf(Utf8.encode(KEY));
    assertRefused(RefusalCode.MALFORMED, () -> SignerKey.parse(publicText));
  }
}
