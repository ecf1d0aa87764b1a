package dev.coffer.transparency.tlog;

import static dev.coffer.transparency.RefusalAssertion.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints, proofs and witness requests as texts. */
class TextsTest {
  private static final String ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
  private static final String TEXT = "example.com/behind-the-sofa\n20852163\n" + ROOT + "\n";

  private final Note note = Note.sign(TEXT, TestKeys.signer("example.com/behind-the-sofa"));

  @Test
  void checkpointOfTheSpecification() throws Refused {
    Checkpoint checkpoint = Checkpoint.parse(TEXT);
    assertEquals(20852163, checkpoint.size());
    assertEquals(TEXT, checkpoint.text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "o\n1\n",
        "\n1\n" + ROOT + "\n",
        "o\n01\n" + ROOT + "\n",
        "o\n+1\n" + ROOT + "\n",
        "o\n-1\n" + ROOT + "\n",
        "o\n\n" + ROOT + "\n",
        "o\n 1\n" + ROOT + "\n",
        "o\n\u0661\n" + ROOT + "\n",
        "o\n9223372036854775808\n" + ROOT + "\n",
        "o\n18446744073709551616\n" + ROOT + "\n",
        "o\n1\n" + ROOT,
        "o\n1\n" + ROOT + "\n\n",
        "o\n1\n" + ROOT + "\nextension\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",
        "o\r\n1\r\n" + ROOT + "\r\n",
        "\ufeffo\n1\n" + ROOT + "\n",
      })
  void malformedCheckpointsAreRefused(String text) {
    assertThrows(Refused.class, () -> Checkpoint.parse(text));
  }

  @Test
  void largestSizeIsRead() throws Refused {
    assertEquals(Long.MAX_VALUE, Checkpoint.parse("o\n9223372036854775807\n" + ROOT + "\n").size());
    assertEquals(0, Checkpoint.parse("o\n0\n" + ROOT + "\n").size());
  }

  @Test
  void proofsRoundTrip() throws Refused {
    Bytes hash = Bytes.zeros(32);
    for (Optional<Bytes> extra :
        List.of(Optional.<Bytes>empty(), Optional.of(Bytes.EMPTY), Optional.of(hash))) {
      for (int hashes : new int[] {0, 1, 63}) {
        TlogProof proof = new TlogProof(extra, 5, Collections.nCopies(hashes, hash), note);
        assertEquals(proof, TlogProof.parse(proof.encode()));
      }
    }
    TlogProof tooLong = new TlogProof(Optional.empty(), 5, Collections.nCopies(64, hash), note);
    assertRefused(RefusalCode.TOO_LARGE, () -> TlogProof.parse(tooLong.encode()));
    assertRefused(RefusalCode.TOO_LARGE, () -> TlogProof.parse(Bytes.zeros(70_000)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "c2sp.org/tlog-proof@v2\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\n\n",
        "c2sp.org/tlog-proof@v1\nindex 00\n\n",
        "c2sp.org/tlog-proof@v1\nindex  0\n\n",
        "c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\n",
        "c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n",
        "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\n",
      })
  void malformedProofsAreRefused(String head) {
    assertThrows(Refused.class, () -> TlogProof.parse(Utf8.encode(head + note.toText())));
  }

  @Test
  void requestsToWitnessesRoundTrip() throws Refused {
    Bytes hash = Bytes.zeros(32);
    AddCheckpoint request = new AddCheckpoint(20852014, List.of(hash, hash), note);
    assertEquals(
        Utf8.encode(
            "old 20852014\n" + (StrictBase64.encode(hash) + "\n").repeat(2) + "\n" + note.toText()),
        request.encode());
    assertEquals(request, AddCheckpoint.parse(request.encode()));
    assertThrows(Refused.class, () -> AddCheckpoint.parse(Utf8.encode("old 1\n" + note.toText())));
    assertThrows(
        Refused.class, () -> AddCheckpoint.parse(Utf8.encode("old 01\n\n" + note.toText())));
    String many = ("old 1\n" + (StrictBase64.encode(hash) + "\n").repeat(64) + "\n");
    assertThrows(Refused.class, () -> AddCheckpoint.parse(Utf8.encode(many + note.toText())));
  }
}
