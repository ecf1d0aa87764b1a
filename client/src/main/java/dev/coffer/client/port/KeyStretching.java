package dev.coffer.client.port;

import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;

/**
 * Makes every guess at a code expensive for whoever holds t HSMs: the key stretching function
 * between the OPRF's output and every key of a registration. A port, so that simulations of many
 * clients need not pay for it; {@link dev.coffer.client.secret.Argon2id} is the one that protects
 * users.
 *
 * <p><b>The implementation promises:</b> the same arguments give the same octets on every device.
 * It is stateless and thread-safe. Time and memory depend on the parameters alone, never on the
 * secret.
 */
@FunctionalInterface
public interface KeyStretching {
  /** Octets of the salt. */
  int SALT = 16;

  /** Octets of the result. */
  int SIZE = 64;

  /**
   * Stretches the OPRF's output. Whoever calls it has checked the parameters against the app's
   * policy.
   *
   * <p>A failure is thrown and never a result, since a wrong result would look like a wrong code.
   * The client turns either one below into a verdict that asks to repeat the call, with the same
   * attempt and at no cost of a guess.
   *
   * @param oprfOutput stays the caller's to destroy
   * @param salt {@value #SALT} octets
   * @return {@value #SIZE} octets; the caller destroys them
   * @throws InterruptedException if the thread was interrupted before there was a result
   * @throws OutOfMemoryError if the device cannot spare {@code parameters.memoryKibibytes()} now
   */
  SecretBytes stretch(SecretBytes oprfOutput, Bytes salt, KsfParameters parameters)
      throws InterruptedException;
}
