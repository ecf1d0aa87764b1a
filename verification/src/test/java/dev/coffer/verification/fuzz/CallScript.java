package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A sequence of calls, spelt so that a mutation of it is one, too: steps one after another, each u8
 * word ‖ u8 changes ‖ changes × (u16 place ‖ u8 by), or 255 ‖ u16 size ‖ a whole call. A word is a
 * call that was prepared, a change alters one octet of it. Steps beyond the last whole one are not
 * taken.
 */
final class CallScript {
  /** The process ends and starts again. */
  static final int RESTART = 254;

  /** The second HSM is heard, over a nonce that is asked for now. */
  static final int HEAR_SECOND = 253;

  /** The third one, over the same nonce as the one before. */
  static final int HEAR_THIRD = 252;

  private static final int WHOLE = 255;
  private static final int STEPS_MAX = 24;
  private static final int CHANGES_MAX = 4;

  private final Bytes input;
  private final List<Bytes> words;
  private int at;

  /**
   * @param special what the step is besides a call; 0 for a call
   * @param call u8 method ‖ body
   */
  record Step(int special, Bytes call) {}

  private CallScript(Bytes input, List<Bytes> words) {
    this.input = input;
    this.words = words;
  }

  static List<Step> read(Bytes input, List<Bytes> words) {
    CallScript script = new CallScript(input, words);
    List<Step> steps = new ArrayList<>();
    while (steps.size() < STEPS_MAX && script.next(steps)) {
      // Each call of next takes one step in.
    }
    return steps;
  }

  private boolean next(List<Step> steps) {
    if (at >= input.size()) {
      return false;
    }
    int word = input.at(at++);
    if (word == WHOLE) {
      int size = u16();
      if (size <= 0 || at + size > input.size()) {
        return false;
      }
      steps.add(new Step(0, input.slice(at, at + size)));
      at += size;
      return true;
    }
    if (word >= HEAR_THIRD) {
      steps.add(new Step(word, Bytes.EMPTY));
      return true;
    }
    if (at >= input.size()) {
      return false;
    }
    int changes = input.at(at++) % (CHANGES_MAX + 1);
    byte[] call = words.get(word % words.size()).toByteArray();
    for (; changes > 0; changes--) {
      int place = u16();
      if (place < 0 || at >= input.size()) {
        return false;
      }
      call[place % call.length] ^= (byte) input.at(at++);
    }
    steps.add(new Step(0, Bytes.wrap(call)));
    return true;
  }

  private int u16() {
    if (at + 2 > input.size()) {
      return -1;
    }
    at += 2;
    return input.at(at - 2) << 8 | input.at(at - 1);
  }

  /** A script of prepared calls and special steps, unchanged. */
  static Bytes of(int start, int... words) {
    CanonicalWriter out = new CanonicalWriter().u8(start);
    for (int word : words) {
      out.u8(word);
      if (word < HEAR_THIRD) {
        out.u8(0);
      }
    }
    return out.toBytes();
  }
}
