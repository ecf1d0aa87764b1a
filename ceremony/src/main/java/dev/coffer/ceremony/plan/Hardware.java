package dev.coffer.ceremony.plan;

import dev.coffer.protocol.codec.Bytes;
import java.util.Locale;
import java.util.Optional;

/**
 * What a plan says of the HSM at a site beforehand: which of this release's ports it is, and for a
 * TPM in which state its machine has to have started. Immutable.
 *
 * @param pcrs of a TPM alone; empty if the plan leaves it open
 */
public record Hardware(Port port, Optional<Pcrs> pcrs) {
  /** The ports, as docs/hardware.md describes them. */
  public enum Port {
    /** Files; always SIMULATED. */
    PLAIN("an HSM on plain files"),
    /** A PKCS#11 token. */
    TOKEN("an HSM on a PKCS#11 token"),
    /** A TPM 2.0. */
    TPM("an HSM on a TPM");

    private final String called;

    Port(String called) {
      this.called = called;
    }

    /** For people. */
    public String called() {
      return called;
    }

    /** How settings and plans write it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether it may stand in a plan that lets HSMs say SIMULATED or not; only a TPM has PCRs. */
  boolean fits(boolean simulated) {
    return (simulated || port != Port.PLAIN) && (pcrs.isEmpty() || port == Port.TPM);
  }

  /**
   * Registers of the SHA-256 bank.
   *
   * @param numbers 0 to 23 in their order, with commas: {@code 0,2,4,7}
   * @param digest SHA-256 over their values in that order, as a TPM quotes it
   */
  public record Pcrs(String numbers, Bytes digest) {
    private static final int COUNT = 24;

    /** Whether the numbers are written in their one form. */
    boolean sound() {
      int before = -1;
      for (String number : numbers.split(",", -1)) {
        if (!number.matches("0|[1-9][0-9]?")) {
          return false;
        }
        int register = Integer.parseInt(number);
        if (register <= before || register >= COUNT) {
          return false;
        }
        before = register;
      }
      return true;
    }

    /** The same as TPML_PCR_SELECTION: one bank, SHA-256, three octets, the lowest bits first. */
    public Bytes selection() {
      byte[] bits = new byte[COUNT / Byte.SIZE];
      for (String number : numbers.split(",", -1)) {
        int register = Integer.parseInt(number);
        bits[register / Byte.SIZE] |= (byte) (1 << register % Byte.SIZE);
      }
      return Bytes.fromHex("00000001000b03").concat(Bytes.wrap(bits));
    }
  }
}
