package dev.coffer.backup.deposit;

import dev.coffer.backup.BackupLimits;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which numbers of one writer were taken in: all up to the last one but those in gaps. A gap opens
 * where an entry names a predecessor that was never seen, and closes when its entries come.
 */
final class TakenNumbers {
  private long last;
  private final TreeMap<Long, Long> gaps = new TreeMap<>();

  long last() {
    return last;
  }

  /** Gaps that are open. */
  int gaps() {
    return gaps.size();
  }

  boolean isTaken(long number) {
    Map.Entry<Long, Long> gap = gaps.floorEntry(number);
    return number <= last && (gap == null || gap.getValue() < number);
  }

  /**
   * Whether the gaps that are open then can be remembered: one that closes a gap is always welcome.
   */
  boolean mayTake(long number, long previous) {
    int then = gaps.size();
    if (number > last) {
      then += last < previous ? 1 : 0;
    } else {
      Map.Entry<Long, Long> gap = gaps.floorEntry(number);
      then += -1 + (gap.getKey() <= previous ? 1 : 0) + (number < gap.getValue() ? 1 : 0);
    }
    return then <= BackupLimits.DEPOSIT_GAPS_MAX;
  }

  /** Notes that the entry was taken in whose predecessor is {@code previous}. */
  void take(long number, long previous) {
    if (number > last) {
      open(last + 1, previous);
      last = number;
      return;
    }
    Map.Entry<Long, Long> gap = gaps.floorEntry(number);
    gaps.remove(gap.getKey());
    open(gap.getKey(), previous);
    open(number + 1, gap.getValue());
  }

  private void open(long from, long to) {
    if (from <= to) {
      gaps.put(from, to);
    }
  }

  /** One word: the last number, and the gaps. */
  String text() {
    return last
        + gaps.entrySet().stream()
            .map(gap -> "," + gap.getKey() + "-" + gap.getValue())
            .collect(Collectors.joining());
  }

  /**
   * The same read back; an {@link IllegalArgumentException} for anything that was never written.
   */
  static TakenNumbers parse(String text) {
    TakenNumbers numbers = new TakenNumbers();
    Iterator<String> words = List.of(text.split(",", -1)).iterator();
    numbers.last = number(words.next());
    long end = 0;
    while (words.hasNext()) {
      String[] ends = words.next().split("-", -1);
      if (ends.length != 2
          || number(ends[0]) <= end
          || number(ends[1]) < number(ends[0])
          || number(ends[1]) >= numbers.last
          || numbers.gaps.size() >= BackupLimits.DEPOSIT_GAPS_MAX) {
        throw new IllegalArgumentException("no gap");
      }
      end = number(ends[1]);
      numbers.gaps.put(number(ends[0]), end);
    }
    return numbers;
  }

  private static long number(String digits) {
    if (!digits.matches("0|[1-9][0-9]{0,15}")) {
      throw new IllegalArgumentException("no number");
    }
    return Long.parseLong(digits);
  }

  /** For people: the gaps, a few of them. */
  List<String> gapTexts() {
    List<String> texts = new ArrayList<>();
    gaps.forEach((from, to) -> texts.add(from.equals(to) ? "" + from : from + " to " + to));
    return texts.subList(0, Math.min(3, texts.size()));
  }
}
