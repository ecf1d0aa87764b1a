package dev.coffer.analysis.memory;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Octet strings to look for, each by the name of the secret that it gives away, in every form in
 * which a Java process might hold it: octets, words of either byte order, limbs, the padded keys of
 * an HMAC.
 */
final class Needles {
  /** Shorter ones would be found by chance. */
  private static final int LEAST = 16;

  private static final int ORDER_RADIX = 52;
  private static final int FIELD_RADIX = 51;
  private static final int LIMBS = 5;

  private final Map<String, String> nameByHex = new TreeMap<>();

  /** Octets as they are. */
  Needles octets(String name, byte[] octets) {
    if (octets.length < LEAST) {
      throw new IllegalArgumentException(name + " is too short to be looked for");
    }
    nameByHex.putIfAbsent(HexFormat.of().formatHex(octets), name);
    return this;
  }

  Needles octets(String name, Bytes octets) {
    return octets(name, octets.toByteArray());
  }

  /** A symmetric key: its octets, the words of a key schedule, what an HMAC makes of it. */
  Needles key(String name, SecretBytes key) {
    byte[] octets = key.copy();
    octets(name, octets);
    octets(name + " as little-endian words of four", swapped(octets, 4));
    octets(name + " as little-endian words of eight", swapped(octets, 8));
    octets(name + " in an inner HMAC pad", masked(octets, 0x36));
    octets(name + " in an outer HMAC pad", masked(octets, 0x5c));
    return this;
  }

  /** An integer modulo the group's order: its octets, digits and limbs. */
  Needles scalar(String name, SecretBytes encoded) {
    byte[] octets = encoded.copy();
    octets(name, octets);
    limbs(name, octets, ORDER_RADIX);
    octets(name + " as signed digits", digits(octets));
    return this;
  }

  /** A coordinate: its octets and limbs. */
  Needles coordinate(String name, SecretBytes encoded) {
    byte[] octets = encoded.copy();
    octets(name, octets);
    limbs(name, octets, FIELD_RADIX);
    return this;
  }

  private void limbs(String name, byte[] littleEndian, int radix) {
    BigInteger value = new BigInteger(1, swapped(littleEndian, littleEndian.length));
    ByteBuffer big = ByteBuffer.allocate(LIMBS * Long.BYTES);
    ByteBuffer little = ByteBuffer.allocate(LIMBS * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    BigInteger mask = BigInteger.ONE.shiftLeft(radix).subtract(BigInteger.ONE);
    for (int i = 0; i < LIMBS; i++) {
      long limb = value.shiftRight(radix * i).and(mask).longValueExact();
      big.putLong(limb);
      little.putLong(limb);
    }
    octets(name + " as limbs", big.array());
    octets(name + " as limbs, little-endian", little.array());
  }

  /** Radix 16, digits from −8 to 7, least significant first. */
  private static byte[] digits(byte[] littleEndian) {
    byte[] digits = new byte[2 * littleEndian.length];
    int carry = 0;
    for (int i = 0; i < digits.length; i++) {
      int digit = (littleEndian[i / 2] >> (4 * (i & 1)) & 15) + carry;
      carry = i < digits.length - 1 ? (digit + 8) >> 4 : 0;
      digits[i] = (byte) (digit - (carry << 4));
    }
    return digits;
  }

  private static byte[] swapped(byte[] octets, int word) {
    byte[] swapped = new byte[octets.length];
    for (int i = 0; i < octets.length; i++) {
      int start = i - i % word;
      int end = Math.min(start + word, octets.length);
      swapped[i] = octets[end - 1 - (i - start)];
    }
    return swapped;
  }

  private static byte[] masked(byte[] octets, int mask) {
    byte[] masked = octets.clone();
    for (int i = 0; i < masked.length; i++) {
      masked[i] ^= (byte) mask;
    }
    return masked;
  }

  int count() {
    return nameByHex.size();
  }

  /** All of them, for a search. */
  List<MemorySearch.Needle> all() {
    List<MemorySearch.Needle> all = new ArrayList<>();
    nameByHex.forEach((hex, name) -> all.add(new MemorySearch.Needle(name, Bytes.fromHex(hex))));
    return all;
  }
}
