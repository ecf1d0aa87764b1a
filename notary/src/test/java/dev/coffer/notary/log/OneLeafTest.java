package dev.coffer.notary.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** One leaf comes in once, whatever stands before it. */
class OneLeafTest {
  private static final Bytes LEAF = Bytes.fromHex("01");
  private static final Bytes OTHER = Bytes.fromHex("02");

  @Test
  void itStandsWhereItStoodFirst() throws Refused {
    LeafRule rule = OneLeaf.of(LEAF).standing(0, OTHER);
    assertEquals(OptionalLong.empty(), rule.indexOf(LEAF));
    rule = rule.standing(1, LEAF).standing(2, OTHER);
    // As logs of earlier releases may have it.
    rule = rule.standing(3, LEAF);
    assertEquals(OptionalLong.of(1), rule.indexOf(LEAF));
    assertEquals(OptionalLong.empty(), rule.indexOf(OTHER));
  }

  @Test
  void noOtherComesIn() throws Refused {
    LeafRule rule = OneLeaf.of(LEAF);
    rule.screen(LEAF);
    Refused refused = assertThrows(Refused.class, () -> rule.screen(OTHER));
    assertEquals(RefusalCode.OUT_OF_SEQUENCE, refused.code());
  }
}
