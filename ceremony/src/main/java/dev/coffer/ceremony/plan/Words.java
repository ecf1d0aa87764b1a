package dev.coffer.ceremony.plan;

import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Hashes as words that people read aloud to each other: each 16 bits are one word of five letters,
 * consonants and vowels in turn (proquints, arXiv 0901.4016). A SHA-256 is sixteen words, and none
 * of it is left out, so that nobody can look for two texts that sound alike. Stateless.
 */
public final class Words {
  private static final String CONSONANTS = "bdfghjklmnprstvz";
  private static final String VOWELS = "aiou";
  private static final int WORDS_A_GROUP = 4;

  private Words() {}

  /** The words of {@code hash}, which has an even number of octets. */
  public static String of(Bytes hash) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < hash.size(); i += 2) {
      words.add(word(hash.at(i) << 8 | hash.at(i + 1)));
    }
    return String.join(" ", words);
  }

  private static String word(int bits) {
    return ""
        + CONSONANTS.charAt(bits >> 12)
        + VOWELS.charAt(bits >> 10 & 3)
        + CONSONANTS.charAt(bits >> 6 & 15)
        + VOWELS.charAt(bits >> 4 & 3)
        + CONSONANTS.charAt(bits & 15);
  }

  /** The same in lines of four words, as they are read aloud. */
  public static List<String> lines(Bytes hash) {
    List<String> words = List.of(of(hash).split(" "));
    List<String> lines = new ArrayList<>();
    for (int from = 0; from < words.size(); from += WORDS_A_GROUP) {
      int to = Math.min(from + WORDS_A_GROUP, words.size());
      lines.add(String.join(" ", words.subList(from, to)));
    }
    return lines;
  }

  /** Whether somebody typed the words of {@code hash}; blanks, hyphens and case do not count. */
  public static boolean match(Bytes hash, String typed) {
    String plain = typed.strip().toLowerCase(Locale.ROOT).replaceAll("[\\s-]+", " ");
    return plain.equals(of(hash));
  }
}
