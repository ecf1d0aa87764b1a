package dev.coffer.client.heap;

import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Recovery;
import dev.coffer.client.Slot;
import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.client.port.KeyStretching;
import dev.coffer.client.secret.Argon2id;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.crypto.Hkdf;

/**
 * A process of its own, started with a heap that has no room for Argon2id's 64 MiB: prints how a
 * recovery with the right code ends there, how it ends once there is room, and how many guesses
 * both were.
 */
final class SmallHeapProgram {
  /** What fits, in the place of what a device with room computes. */
  private static final KeyStretching FITS =
      (output, salt, parameters) ->
          Hkdf.derive(output, new CanonicalWriter().raw(salt), KeyStretching.SIZE);

  private static final KeyStretching DOES_NOT_FIT =
      (output, salt, parameters) -> new Argon2id().stretch(output, salt, KsfParameters.DEFAULT);

  private SmallHeapProgram() {}

  public static void main(String[] none) {
    MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(81));
    Device device = new Device(fleet, Device.seeded(82));
    device.stretching = FITS;
    Enrolment enrolment =
        device.start().enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none());
    System.out.println(enrolment.getClass().getSimpleName());
    device.stretching = DOES_NOT_FIT;
    System.out.println(recover(device));
    device.stretching = FITS;
    System.out.println(recover(device));
    System.out.println(fleet.attemptNumber());
  }

  private static String recover(Device device) {
    Recovery end = device.start().recover(Slot.CODE, Device.code("123456"));
    return end instanceof Recovery.TryAgain again
        ? again.cause().name()
        : end.getClass().getSimpleName();
  }
}
