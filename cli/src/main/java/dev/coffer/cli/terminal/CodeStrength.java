package dev.coffer.cli.terminal;

import java.util.Optional;

/**
 * Warns of codes that ten guesses have a fair chance to find. The vault's guess limit is what
 * protects a short code, so this warns and never refuses.
 */
public final class CodeStrength {
  private static final String[] OFTEN = {
    "password", "passwort", "qwerty", "letmein", "iloveyou", "112233", "121212", "123123", "159753"
  };

  private CodeStrength() {}

  /**
   * What is weak about a code, as the end of the sentence "this code …"; empty if nothing obvious
   * is.
   */
  public static Optional<String> weakness(char[] code) {
    if (steps(code, 0)) {
      return Optional.of("repeats one character");
    }
    if (steps(code, 1) || steps(code, -1)) {
      return Optional.of("counts up or down");
    }
    for (String word : OFTEN) {
      if (contains(code, word)) {
        return Optional.of("is among the first that a thief tries");
      }
    }
    return Optional.empty();
  }

  private static boolean steps(char[] code, int by) {
    for (int i = 1; i < code.length; i++) {
      if (code[i] - code[i - 1] != by) {
        return false;
      }
    }
    return true;
  }

  /** Without making a String of the code: strings cannot be erased. */
  private static boolean contains(char[] code, String word) {
    for (int from = 0; from + word.length() <= code.length; from++) {
      int same = 0;
      while (same < word.length()
          && Character.toLowerCase(code[from + same]) == word.charAt(same)) {
        same++;
      }
      if (same == word.length()) {
        return true;
      }
    }
    return false;
  }
}
