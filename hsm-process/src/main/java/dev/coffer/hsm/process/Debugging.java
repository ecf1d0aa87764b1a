package dev.coffer.hsm.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether a process is being looked into now. <b>Not guaranteed:</b> that it was not before, or is
 * not a moment later; and nothing against root on its host, who reads a memory without a trace.
 */
public final class Debugging {
  /** What makes a virtual machine load an agent, tell how to look in, or read more options. */
  private static final Pattern AGENT =
      Pattern.compile(
          "(-(agentlib:|agentpath:|javaagent:|Xdebug|Xrun|Dcom\\.sun\\.management"
              + "|XX:Flags=|XX:VMOptionsFile=)|@).*");

  /** Variables that a virtual machine, or what starts it, takes options from as well. */
  private static final Pattern OPTIONS =
      Pattern.compile("(JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS)=(.*)", Pattern.DOTALL);

  private static final int STRINGS_MAX = 4 << 20;

  private Debugging() {}

  /** Of this one. */
  public static boolean ofThisProcess() {
    return of(Path.of("/proc/self"));
  }

  /**
   * By what the kernel says (proc(5): TracerPid in {@code status}) and by the options that it was
   * started with ({@code cmdline}, {@code environ}). What cannot be read counts as being looked
   * into.
   */
  static boolean of(Path process) {
    try {
      return !Files.readString(process.resolve("status")).contains("\nTracerPid:\t0\n")
          || strings(process.resolve("cmdline")).anyMatch(Debugging::isAgent)
          || strings(process.resolve("environ"))
              .map(OPTIONS::matcher)
              .filter(Matcher::matches)
              .flatMap(found -> Stream.of(found.group(2).split("[\\s'\"]+")))
              .anyMatch(Debugging::isAgent);
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean isAgent(String option) {
    return AGENT.matcher(option).matches();
  }

  private static Stream<String> strings(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] octets = in.readNBytes(STRINGS_MAX);
      if (octets.length == STRINGS_MAX) {
        throw new IOException("too much to read");
      }
      return Stream.of(new String(octets, StandardCharsets.ISO_8859_1).split("\0"));
    }
  }
}
