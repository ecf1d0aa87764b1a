package dev.coffer.cli.terminal;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Optional;

/**
 * What was typed and nobody has read, a line without its end included, which no stream gives away:
 * the terminal's own {@code tcflush} (POSIX.1) discards it.
 */
final class TypedAhead {
  private static final int STANDARD_INPUT = 0;

  private TypedAhead() {}

  /** Discards it, as far as this system lets. */
  static void discard() {
    try {
      if (!flush()) {
        System.in.skipNBytes(System.in.available());
      }
    } catch (IOException e) {
      // The terminal is gone, and what was typed with it.
    }
  }

  @SuppressWarnings({"restricted", "IllegalCatch"}) // A method handle may throw anything.
  private static boolean flush() {
    boolean linux = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
    int queueOfInput = linux ? 0 : 1;
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> function = linker.defaultLookup().find("tcflush");
    if (function.isEmpty()) {
      return false;
    }
    FunctionDescriptor ints =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    try {
      return (int)
              linker.downcallHandle(function.get(), ints).invokeExact(STANDARD_INPUT, queueOfInput)
          == 0;
    } catch (Throwable e) {
      return false;
    }
  }
}
