package dev.coffer.protocol.curve;

/**
 * An element of the field modulo p = 2²⁵⁵−19 as five signed limbs in radix 2⁵¹: l0 + l1·2⁵¹ +
 * l2·2¹⁰² + l3·2¹⁵³ + l4·2²⁰⁴.
 *
 * <p><b>Bounds.</b> A <em>tight</em> element has every limb in (−{@link #SLACK}, 2⁵¹+{@link
 * #SLACK}); {@link #multiply}, {@link #square}, {@link #multiplySmall}, {@link #settle}, {@link
 * #decode} and {@link #reduce} give tight elements. {@link #add}, {@link #subtract} and {@link
 * #negate} do not carry: they add up bounds. Whatever goes into a multiplication must have limbs of
 * at most {@link #LOOSE} in absolute value, which any signed sum of three tight elements has.
 *
 * <p><b>Products without carries.</b> In Java the upper half of a product costs a second
 * multiplication, and a 128-bit sum a comparison per term. So a column Σ aᵢbⱼ is kept as H = Σ
 * ⌊aᵢbⱼ/2⁵⁵⌋ and as L = Σ aᵢbⱼ mod 2⁶⁴. As every floor loses less than 2⁵⁵, the rest Σ aᵢbⱼ − H·2⁵⁵
 * lies between 0 and 5·2⁵⁵ and is therefore exactly L − (H ≪ 55). No sum overflows, and one carry
 * for all five limbs at once makes the result tight. {@link #multiply} and {@link #square} are both
 * written out although their last lines are the same: shared or inlined elsewhere they run a
 * quarter slower.
 *
 * <p>Mutable, not thread-safe for writing; methods write {@code this} and may be given {@code this}
 * as an operand. Constant time.
 */
public final class FieldElement {
  /** Bits of a limb. */
  static final int RADIX = 51;

  static final long MASK = (1L << RADIX) - 1;

  /** How far a limb of a tight element may lie outside [0, 2⁵¹]. */
  static final long SLACK = 1L << 17;

  /** The largest absolute limb that {@link #multiply} and {@link #square} take. */
  static final long LOOSE = 3L * ((1L << RADIX) + SLACK);

  /** H counts units of 2⁵⁵; one operand of multiplyHigh is shifted by 64−55. */
  private static final int SPLIT = 55;

  private static final int SHIFT = 64 - SPLIT;
  private static final int SPLIT_ABOVE_RADIX = SPLIT - RADIX;

  long l0;
  long l1;
  long l2;
  long l3;
  long l4;

  /** Zero. */
  public FieldElement() {}

  /** A small constant. */
  static FieldElement of(long value) {
    FieldElement element = new FieldElement();
    element.l0 = value;
    return element;
  }

  /** this = a. */
  FieldElement set(FieldElement a) {
    return set(a.l0, a.l1, a.l2, a.l3, a.l4);
  }

  /** this = the number with these limbs. */
  FieldElement set(long k0, long k1, long k2, long k3, long k4) {
    l0 = k0;
    l1 = k1;
    l2 = k2;
    l3 = k3;
    l4 = k4;
    return this;
  }

  /** this = a small constant. */
  FieldElement set(long value) {
    return set(value, 0, 0, 0, 0);
  }

  /** this = a + b, without carrying. */
  FieldElement add(FieldElement a, FieldElement b) {
    return set(a.l0 + b.l0, a.l1 + b.l1, a.l2 + b.l2, a.l3 + b.l3, a.l4 + b.l4);
  }

  /** this = a − b, without carrying. */
  FieldElement subtract(FieldElement a, FieldElement b) {
    return set(a.l0 - b.l0, a.l1 - b.l1, a.l2 - b.l2, a.l3 - b.l3, a.l4 - b.l4);
  }

  /** this = −a, without carrying. */
  FieldElement negate(FieldElement a) {
    return set(-a.l0, -a.l1, -a.l2, -a.l3, -a.l4);
  }

  /** this = a·b; operands at most {@link #LOOSE}, result tight. */
  FieldElement multiply(FieldElement a, FieldElement b) {
    long a0 = a.l0, a1 = a.l1, a2 = a.l2, a3 = a.l3, a4 = a.l4;
    long b0 = b.l0, b1 = b.l1, b2 = b.l2, b3 = b.l3, b4 = b.l4;
    // What lies five columns up comes back times 19, as 2²⁵⁵ = 19.
    long m1 = 19 * b1, m2 = 19 * b2, m3 = 19 * b3, m4 = 19 * b4;
    long q0 = a0 * b0 + a1 * m4 + a2 * m3 + a3 * m2 + a4 * m1;
    long q1 = a0 * b1 + a1 * b0 + a2 * m4 + a3 * m3 + a4 * m2;
    long q2 = a0 * b2 + a1 * b1 + a2 * b0 + a3 * m4 + a4 * m3;
    long q3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + a4 * m4;
    long q4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0;
    long s0 = a0 << SHIFT, s1 = a1 << SHIFT, s2 = a2 << SHIFT, s3 = a3 << SHIFT, s4 = a4 << SHIFT;
    long h0 = high(s0, b0) + high(s1, m4) + high(s2, m3) + high(s3, m2) + high(s4, m1);
    long h1 = high(s0, b1) + high(s1, b0) + high(s2, m4) + high(s3, m3) + high(s4, m2);
    long h2 = high(s0, b2) + high(s1, b1) + high(s2, b0) + high(s3, m4) + high(s4, m3);
    long h3 = high(s0, b3) + high(s1, b2) + high(s2, b1) + high(s3, b0) + high(s4, m4);
    long h4 = high(s0, b4) + high(s1, b3) + high(s2, b2) + high(s3, b1) + high(s4, b0);
    long r0 = q0 - (h0 << SPLIT) + 19 * (h4 << SPLIT_ABOVE_RADIX);
    long r1 = q1 - (h1 << SPLIT) + (h0 << SPLIT_ABOVE_RADIX);
    long r2 = q2 - (h2 << SPLIT) + (h1 << SPLIT_ABOVE_RADIX);
    long r3 = q3 - (h3 << SPLIT) + (h2 << SPLIT_ABOVE_RADIX);
    long r4 = q4 - (h4 << SPLIT) + (h3 << SPLIT_ABOVE_RADIX);
    l0 = (r0 & MASK) + 19 * (r4 >> RADIX);
    l1 = (r1 & MASK) + (r0 >> RADIX);
    l2 = (r2 & MASK) + (r1 >> RADIX);
    l3 = (r3 & MASK) + (r2 >> RADIX);
    l4 = (r4 & MASK) + (r3 >> RADIX);
    return this;
  }

  /** this = a²; operand at most {@link #LOOSE}, result tight. */
  FieldElement square(FieldElement a) {
    long a0 = a.l0, a1 = a.l1, a2 = a.l2, a3 = a.l3, a4 = a.l4;
    long d0 = a0 << 1, d1 = a1 << 1, m3 = 19 * a3, m4 = 19 * a4, d3 = m3 << 1, d4 = m4 << 1;
    long q0 = a0 * a0 + a1 * d4 + a2 * d3;
    long q1 = a1 * d0 + a2 * d4 + a3 * m3;
    long q2 = a2 * d0 + a1 * a1 + a3 * d4;
    long q3 = a3 * d0 + a2 * d1 + a4 * m4;
    long q4 = a4 * d0 + a3 * d1 + a2 * a2;
    long s0 = a0 << SHIFT, s1 = a1 << SHIFT, s2 = a2 << SHIFT, s3 = a3 << SHIFT, s4 = a4 << SHIFT;
    long h0 = high(s0, a0) + high(s1, d4) + high(s2, d3);
    long h1 = high(s1, d0) + high(s2, d4) + high(s3, m3);
    long h2 = high(s2, d0) + high(s1, a1) + high(s3, d4);
    long h3 = high(s3, d0) + high(s2, d1) + high(s4, m4);
    long h4 = high(s4, d0) + high(s3, d1) + high(s2, a2);
    long r0 = q0 - (h0 << SPLIT) + 19 * (h4 << SPLIT_ABOVE_RADIX);
    long r1 = q1 - (h1 << SPLIT) + (h0 << SPLIT_ABOVE_RADIX);
    long r2 = q2 - (h2 << SPLIT) + (h1 << SPLIT_ABOVE_RADIX);
    long r3 = q3 - (h3 << SPLIT) + (h2 << SPLIT_ABOVE_RADIX);
    long r4 = q4 - (h4 << SPLIT) + (h3 << SPLIT_ABOVE_RADIX);
    l0 = (r0 & MASK) + 19 * (r4 >> RADIX);
    l1 = (r1 & MASK) + (r0 >> RADIX);
    l2 = (r2 & MASK) + (r1 >> RADIX);
    l3 = (r3 & MASK) + (r2 >> RADIX);
    l4 = (r4 & MASK) + (r3 >> RADIX);
    return this;
  }

  /** this = a^(2^count), count ≥ 1. */
  FieldElement squareTimes(FieldElement a, int count) {
    square(a);
    for (int i = 1; i < count; i++) {
      square(this);
    }
    return this;
  }

  private static long high(long shifted, long factor) {
    return Math.multiplyHigh(shifted, factor);
  }

  /**
   * this = a·factor for 0 ≤ factor &lt; 2¹⁷ and limbs of a at most {@link #LOOSE}; result tight up
   * to a few bits more.
   */
  FieldElement multiplySmall(FieldElement a, long factor) {
    long shifted = factor << (64 - RADIX);
    long h0 = Math.multiplyHigh(a.l0, shifted);
    long h1 = Math.multiplyHigh(a.l1, shifted);
    long h2 = Math.multiplyHigh(a.l2, shifted);
    long h3 = Math.multiplyHigh(a.l3, shifted);
    long h4 = Math.multiplyHigh(a.l4, shifted);
    return set(
        (a.l0 * factor & MASK) + 19 * h4,
        (a.l1 * factor & MASK) + h0,
        (a.l2 * factor & MASK) + h1,
        (a.l3 * factor & MASK) + h2,
        (a.l4 * factor & MASK) + h3);
  }

  /** this = a, tight. */
  FieldElement settle(FieldElement a) {
    return set(
        (a.l0 & MASK) + 19 * (a.l4 >> RADIX),
        (a.l1 & MASK) + (a.l0 >> RADIX),
        (a.l2 & MASK) + (a.l1 >> RADIX),
        (a.l3 & MASK) + (a.l2 >> RADIX),
        (a.l4 & MASK) + (a.l3 >> RADIX));
  }

  /**
   * this = the one representation of a with limbs in [0, 2⁵¹) and value in [0, p); limbs of a at
   * most {@link #LOOSE}.
   */
  FieldElement reduce(FieldElement a) {
    // 8p has limbs just below 2⁵⁴, more than LOOSE: all limbs become positive.
    long k0 = a.l0 + 8 * (MASK - 18);
    long k1 = a.l1 + 8 * MASK;
    long k2 = a.l2 + 8 * MASK;
    long k3 = a.l3 + 8 * MASK;
    long k4 = a.l4 + 8 * MASK;
    for (int pass = 0; pass < 2; pass++) {
      k1 += k0 >> RADIX;
      k2 += k1 >> RADIX;
      k3 += k2 >> RADIX;
      k4 += k3 >> RADIX;
      k0 = (k0 & MASK) + 19 * (k4 >> RADIX);
      k1 &= MASK;
      k2 &= MASK;
      k3 &= MASK;
      k4 &= MASK;
    }
    // Now the value is below 2²⁵⁵ + 19·2⁴: p has to be taken off once if value + 19 reaches 2²⁵⁵,
    // else not at all.
    long excess = (k0 + 19) >> RADIX;
    excess = (k1 + excess) >> RADIX;
    excess = (k2 + excess) >> RADIX;
    excess = (k3 + excess) >> RADIX;
    excess = (k4 + excess) >> RADIX;
    k0 += 19 * excess;
    k1 += k0 >> RADIX;
    k2 += k1 >> RADIX;
    k3 += k2 >> RADIX;
    k4 += k3 >> RADIX;
    return set(k0 & MASK, k1 & MASK, k2 & MASK, k3 & MASK, k4 & MASK);
  }

  /**
   * this = the 255-bit little-endian number at {@code offset}; bit 255 is ignored, values from p on
   * are taken modulo p.
   */
  FieldElement decode(byte[] octets, int offset) {
    long w0 = LittleEndian.load(octets, offset);
    long w1 = LittleEndian.load(octets, offset + 8);
    long w2 = LittleEndian.load(octets, offset + 16);
    long w3 = LittleEndian.load(octets, offset + 24);
    return set(
        w0 & MASK,
        (w0 >>> 51 | w1 << 13) & MASK,
        (w1 >>> 38 | w2 << 26) & MASK,
        (w2 >>> 25 | w3 << 39) & MASK,
        (w3 >>> 12) & MASK);
  }

  /** Writes the canonical 32 octets, little-endian, bit 255 clear. */
  void encode(byte[] octets, int offset) {
    FieldElement k = new FieldElement().reduce(this);
    LittleEndian.store(k.l0 | k.l1 << 51, octets, offset);
    LittleEndian.store(k.l1 >>> 13 | k.l2 << 38, octets, offset + 8);
    LittleEndian.store(k.l2 >>> 26 | k.l3 << 25, octets, offset + 16);
    LittleEndian.store(k.l3 >>> 39 | k.l4 << 12, octets, offset + 24);
    k.set(0);
  }

  /** 1 if the canonical value is odd ("negative" in RFC 8032 and RFC 9496), else 0. */
  int isNegative() {
    FieldElement k = new FieldElement().reduce(this);
    int lowest = (int) k.l0 & 1;
    k.set(0);
    return lowest;
  }

  /** 1 if this is 0 modulo p, else 0. */
  int isZero() {
    FieldElement k = new FieldElement().reduce(this);
    long bits = k.l0 | k.l1 | k.l2 | k.l3 | k.l4;
    k.set(0);
    return (int) ((bits - 1) >>> 63);
  }

  /** 1 if this = a modulo p, else 0; both at most half of {@link #LOOSE}. */
  int equal(FieldElement a) {
    FieldElement difference = new FieldElement().subtract(this, a);
    int same = difference.isZero();
    difference.set(0);
    return same;
  }

  /** this = a if {@code flag} is 1; unchanged if it is 0. */
  FieldElement assignIf(int flag, FieldElement a) {
    long mask = -(long) flag;
    l0 ^= mask & (l0 ^ a.l0);
    l1 ^= mask & (l1 ^ a.l1);
    l2 ^= mask & (l2 ^ a.l2);
    l3 ^= mask & (l3 ^ a.l3);
    l4 ^= mask & (l4 ^ a.l4);
    return this;
  }

  /** this = −this if {@code flag} is 1. */
  FieldElement negateIf(int flag) {
    long mask = -(long) flag;
    return set(
        (l0 ^ mask) - mask,
        (l1 ^ mask) - mask,
        (l2 ^ mask) - mask,
        (l3 ^ mask) - mask,
        (l4 ^ mask) - mask);
  }

  /** this = whichever of this and −this is not negative. */
  FieldElement absolute() {
    return negateIf(isNegative());
  }

  /** Exchanges a and b if {@code flag} is 1. */
  static void swapIf(int flag, FieldElement a, FieldElement b) {
    long mask = -(long) flag;
    long x0 = mask & (a.l0 ^ b.l0);
    long x1 = mask & (a.l1 ^ b.l1);
    long x2 = mask & (a.l2 ^ b.l2);
    long x3 = mask & (a.l3 ^ b.l3);
    long x4 = mask & (a.l4 ^ b.l4);
    a.set(a.l0 ^ x0, a.l1 ^ x1, a.l2 ^ x2, a.l3 ^ x3, a.l4 ^ x4);
    b.set(b.l0 ^ x0, b.l1 ^ x1, b.l2 ^ x2, b.l3 ^ x3, b.l4 ^ x4);
  }

  /** Redacted: a coordinate may be secret. */
  @Override
  public String toString() {
    return "FieldElement[redacted]";
  }
}
