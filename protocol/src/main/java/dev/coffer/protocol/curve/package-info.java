/**
 * Arithmetic on Curve25519 and edwards25519: the field modulo 2²⁵⁵−19, scalars modulo ℓ, points,
 * and the encodings of RFC 7748, RFC 8032 and RFC 9496. Not exported: the packages {@code crypto}
 * and {@code group} put types around it that cannot be misused. Depends on nothing but {@code
 * java.lang}.
 *
 * <p>Everything runs in constant time but what ends in {@code VarTime}: no branch and no array
 * index depends on a value. What this cannot prevent: a runtime that compiles a multiplication into
 * something slower for small numbers, and copies that registers and stack frames keep until they
 * are overwritten.
 *
 * <p>The classes are mutable work space, owned by one call and never shared, so that hot loops do
 * not allocate. Start at {@link dev.coffer.protocol.curve.FieldElement}, whose Javadoc states the
 * limb bounds that all formulas here rely on.
 */
package dev.coffer.protocol.curve;
