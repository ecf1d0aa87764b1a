package dev.coffer.protocol.group;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.util.Arrays;

/**
 * expand_message_xmd of RFC 9380 §5.3.1 with SHA-512, for the one output length that the suites
 * here need.
 */
final class ExpandMessage {
  private static final int BLOCK = 128;
  private static final int SIZE = 64;

  private ExpandMessage() {}

  /** 64 uniform octets from a secret input under a public tag of at most 255 octets. */
  static SecretBytes xmd64(SecretBytes input, Bytes domainSeparationTag) {
    Invariant.check(
        domainSeparationTag.size() <= 255, "a domain-separation tag has at most 255 octets");
    byte[] tag =
        domainSeparationTag
            .concat(Bytes.wrap(new byte[] {(byte) domainSeparationTag.size()}))
            .toByteArray();
    byte[] message = input.copy();
    byte[] length = {0, SIZE, 0};
    byte[] first = Hashes.sha512(new byte[BLOCK], message, length, tag);
    byte[] uniform = Hashes.sha512(first, new byte[] {1}, tag);
    Arrays.fill(message, (byte) 0);
    Arrays.fill(first, (byte) 0);
    return SecretBytes.wrap(uniform);
  }
}
