package dev.coffer.cli.terminal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;

/**
 * The terminal at standard input, by POSIX.1's own functions: {@link java.io.Console} reads lines
 * ahead into a buffer that nobody can look into, so it cannot tell a code from the first line of a
 * longer paste, and what it has not read it leaves to the shell. Linux and macOS; not thread-safe.
 */
final class Tty {
  private static final int INPUT = 0;
  private static final int ERROR = 2;

  /** TCSANOW, alike on both. */
  private static final int AT_ONCE = 0;

  /** The local mode by which a terminal shows what is typed, alike on both. */
  private static final int ECHO = 8;

  /** Octets that no {@code struct termios} exceeds: 60 on Linux, 72 on macOS. */
  private static final int TERMIOS_MAX = 256;

  private final MethodHandle get;
  private final MethodHandle set;
  private final MethodHandle flush;

  /** TCIFLUSH: the queue of input. */
  private final int input;

  /** Where the local modes are in {@code struct termios}, behind three numbers of four or eight. */
  private final long localModes;

  private final MemorySegment before = Arena.global().allocate(TERMIOS_MAX);
  private boolean restored = true;

  private Tty(Linker linker, boolean linux) {
    FunctionDescriptor getting =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
    FunctionDescriptor setting =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
    FunctionDescriptor flushing =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    this.get = function(linker, "tcgetattr", getting);
    this.set = function(linker, "tcsetattr", setting);
    this.flush = function(linker, "tcflush", flushing);
    this.input = linux ? 0 : 1;
    this.localModes = linux ? 12 : 24;
  }

  @SuppressWarnings("restricted") // Three functions of POSIX.1, called as it describes them.
  private static MethodHandle function(Linker linker, String name, FunctionDescriptor as) {
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), as);
  }

  /** The terminal, if a person sits at standard input and sees standard error. */
  static Optional<Tty> find() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    boolean linux = system.contains("linux");
    if (!linux && !system.contains("mac")) {
      return Optional.empty();
    }
    Tty tty = new Tty(Linker.nativeLinker(), linux);
    return tty.has(INPUT) && tty.has(ERROR) ? Optional.of(tty) : Optional.empty();
  }

  /** Whether a terminal is behind that descriptor: nothing else has such attributes. */
  private boolean has(int descriptor) {
    try {
      return (int) get.invokeExact(descriptor, before) == 0;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Shows nothing of what is typed from here to {@link #show}, or to the end of the program. */
  synchronized void hide() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      if (!has(INPUT)) {
        throw new IOException("the terminal is gone");
      }
      restored = false;
      Runtime.getRuntime().addShutdownHook(new Thread(this::show, "show again what is typed"));
      MemorySegment hidden = arena.allocate(TERMIOS_MAX).copyFrom(before);
      int modes = hidden.get(ValueLayout.JAVA_INT, localModes);
      hidden.set(ValueLayout.JAVA_INT, localModes, modes & ~ECHO);
      set(hidden);
    }
  }

  /** Shows it again. */
  synchronized void show() {
    if (!restored) {
      restored = true;
      set(before);
    }
  }

  private void set(MemorySegment attributes) {
    try {
      // A terminal that is gone has nothing to show.
      int ignored = (int) set.invokeExact(INPUT, AT_ONCE, attributes);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Throws away what was typed and nobody has read, a line without its end included. */
  void discard() {
    try {
      int ignored = (int) flush.invokeExact(INPUT, input);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private static IllegalStateException broken(Throwable e) {
    return new IllegalStateException("a function of the terminal cannot be called", e);
  }
}
