package dev.coffer.ceremony.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import org.junit.jupiter.api.Test;

class WordsTest {
  /** The examples of the article that describes them. */
  @Test
  void wordsAreThoseOfTheArticle() {
    assertEquals("lusab babad", Words.of(Bytes.fromHex("7f000001")));
    assertEquals("gutih tugad", Words.of(Bytes.fromHex("3f54dcc1")));
  }

  @Test
  void typedWordsCountWhateverIsBetweenThem() {
    Bytes hash = Bytes.fromHex("7f000001");
    assertTrue(Words.match(hash, "lusab babad"));
    assertTrue(Words.match(hash, " LUSAB-babad\n"));
    assertFalse(Words.match(hash, "lusab babaf"));
    assertFalse(Words.match(hash, "lusab"));
    assertFalse(Words.match(hash, ""));
  }

  @Test
  void noBitIsLeftOut() {
    byte[] octets = new byte[32];
    String zeros = Words.of(Bytes.copyOf(octets));
    for (int bit = 0; bit < 256; bit++) {
      octets[bit / 8] ^= (byte) (1 << bit % 8);
      assertFalse(Words.of(Bytes.copyOf(octets)).equals(zeros), "bit " + bit);
      octets[bit / 8] ^= (byte) (1 << bit % 8);
    }
    assertEquals(4, Words.lines(Bytes.copyOf(octets)).size());
  }
}
