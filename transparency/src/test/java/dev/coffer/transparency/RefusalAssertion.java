package dev.coffer.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import org.junit.jupiter.api.function.Executable;

/** That something is refused, and for the right reason. */
public final class RefusalAssertion {
  private RefusalAssertion() {}

  /** Fails unless {@code action} is refused with that code. */
  public static void assertRefused(RefusalCode code, Executable action) {
    Refused refused = assertThrows(Refused.class, action);
    assertEquals(code, refused.code(), refused.getMessage());
  }
}
