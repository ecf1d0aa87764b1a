package dev.coffer.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The two ends of the one encoding: what fits passes, the next number does not. */
final class CanonicalCodecTest {
  private static CanonicalReader over(String hex) {
    return new CanonicalReader(Bytes.fromHex(hex));
  }

  private static void rejected(RejectionCode code, Executable read) {
    assertEquals(code, assertThrows(Rejected.class, read).code());
  }

  private static void broken(Executable write) {
    assertThrows(Invariant.Broken.class, write);
  }

  @Test
  void numbersEndWhereTheirOctetsDo() throws Exception {
    CanonicalWriter out = new CanonicalWriter();
    out.u8(0xff).u16(0xffff).u32(Integer.MAX_VALUE).u64(Long.MAX_VALUE);
    CanonicalReader in = new CanonicalReader(out.toBytes());
    assertEquals(0xff, in.u8());
    assertEquals(0xffff, in.u16());
    assertEquals(Integer.MAX_VALUE, in.u32());
    assertEquals(Long.MAX_VALUE, in.u64());
    in.end();
    broken(() -> new CanonicalWriter().u8(0x100));
    broken(() -> new CanonicalWriter().u8(-1));
    broken(() -> new CanonicalWriter().u16(0x10000));
    broken(() -> new CanonicalWriter().u16(-1));
    broken(() -> new CanonicalWriter().u32(-1));
    broken(() -> new CanonicalWriter().u64(-1));
    broken(() -> new CanonicalWriter().string(Bytes.zeros(0x10000)));
  }

  @Test
  void whatNoWriterWritesIsRejected() {
    rejected(RejectionCode.OUT_OF_RANGE, () -> over("80000000").u32());
    rejected(RejectionCode.OUT_OF_RANGE, () -> over("8000000000000000").u64());
    rejected(RejectionCode.OUT_OF_RANGE, () -> over("02").bool());
    rejected(RejectionCode.OUT_OF_RANGE, () -> over("0003616263").string(2, "text"));
    rejected(RejectionCode.TRUNCATED, () -> over("0004616263").string(5, "text"));
    rejected(RejectionCode.TRUNCATED, () -> over("00000003").field(5, "field"));
    rejected(RejectionCode.TRUNCATED, () -> over("0003").within(5, "inner"));
    rejected(RejectionCode.TRUNCATED, () -> over("00").raw(2));
    rejected(RejectionCode.TRUNCATED, () -> over("00").raw(-1));
    rejected(RejectionCode.TRUNCATED, () -> over("00").rawInto(new byte[2]));
    rejected(RejectionCode.BAD_TEXT, () -> over("0002c328").text(9, "text"));
    rejected(RejectionCode.TRAILING, () -> over("00").end());
    rejected(RejectionCode.NOT_CANONICAL, () -> over("0001").padding());
  }

  @Test
  void whatStandsInsideEndsWithinIt() throws Exception {
    CanonicalReader outer = over("0002aabbcc");
    CanonicalReader inner = outer.within(2, "inner");
    assertEquals(Bytes.fromHex("aabb"), inner.raw(2));
    rejected(RejectionCode.TRUNCATED, inner::u8);
    assertEquals(0xcc, outer.u8());
    outer.end();
  }

  @Test
  void aWipedWriterHoldsNothing() {
    CanonicalWriter out = new CanonicalWriter().raw(Bytes.fromHex("5e".repeat(300)));
    assertEquals(300, out.size());
    out.wipe();
    assertEquals(Bytes.EMPTY, out.toBytes());
    assertEquals(Bytes.fromHex("01"), out.u8(1).toBytes());
  }

  @Test
  void octetsAreEqualByValueAndToOctetsAlone() {
    Bytes octets = Bytes.fromHex("00ff");
    assertEquals(octets, Bytes.fromHex("00ff"));
    assertEquals(octets.hashCode(), Bytes.fromHex("00ff").hashCode());
    assertNotEquals(octets, Bytes.fromHex("00fe"));
    assertNotEquals(octets, (Object) "00ff");
    assertNotEquals(octets, null);
    assertTrue(octets.compareTo(Bytes.fromHex("007f")) > 0, "octets have no sign");
    assertTrue(octets.compareTo(Bytes.fromHex("00ff00")) < 0);
    assertEquals("00ff", octets.toString());
  }

  @Test
  void everyReasonHasItsOwnStableNumber() throws Exception {
    Set<Integer> numbers = new HashSet<>();
    for (RejectionCode code : RejectionCode.values()) {
      assertTrue(numbers.add(code.number()));
      assertEquals(code, RejectionCode.of(code.number()));
    }
    rejected(RejectionCode.UNKNOWN_TAG, () -> RejectionCode.of(0));
    rejected(RejectionCode.UNKNOWN_TAG, () -> RejectionCode.of(137));
  }
}
