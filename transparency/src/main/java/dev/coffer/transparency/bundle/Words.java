package dev.coffer.transparency.bundle;

import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;

/** Words of a bundle that people choose: letters, digits, dot, underscore, hyphen. */
final class Words {
  private static final String WORD = "[A-Za-z0-9._-]{1,64}";

  private Words() {}

  /** {@code text} with everything else written as hyphens. */
  static String of(String text) {
    return text.replaceAll("[^A-Za-z0-9._-]", "-");
  }

  static String check(String word, String what) throws Refused {
    if (!word.matches(WORD)) {
      throw new Refused(RefusalCode.MALFORMED, "bundle: " + what);
    }
    return word;
  }
}
