/**
 * Strict text: the one way to write a number, base64, hexadecimal or a line, and the refusal of
 * every other. Depends on {@code protocol}'s octets. Start at {@link
 * dev.coffer.transparency.text.LineReader}.
 */
package dev.coffer.transparency.text;
