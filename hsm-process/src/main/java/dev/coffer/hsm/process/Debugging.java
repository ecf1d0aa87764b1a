package dev.coffer.hsm.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether a process is being looked into now. <b>Not guaranteed:</b> that it was not before, or is
 * not a moment later; and nothing against root on its host, who reads a memory without a trace.
 */
public final class Debugging {
  /** What makes a virtual machine load an agent, or tell how to look in. */
  private static final Pattern AGENT =
      Pattern.compile("-(agentlib:|agentpath:|javaagent:|Xdebug|Xrun|Dcom\\.sun\\.management).*");

  private static final int ARGUMENTS_MAX = 1 << 20;

  private Debugging() {}

  /** Of this one. */
  public static boolean ofThisProcess() {
    return of(Path.of("/proc/self"));
  }

  /**
   * By what the kernel says (proc(5): TracerPid in {@code status}) and by the arguments that it was
   * started with ({@code cmdline}). What cannot be read counts as being looked into.
   */
  static boolean of(Path process) {
    try (InputStream in = Files.newInputStream(process.resolve("cmdline"))) {
      byte[] arguments = in.readNBytes(ARGUMENTS_MAX);
      return arguments.length == ARGUMENTS_MAX
          || !Files.readString(process.resolve("status")).contains("\nTracerPid:\t0\n")
          || Stream.of(new String(arguments, StandardCharsets.ISO_8859_1).split("\0"))
              .anyMatch(argument -> AGENT.matcher(argument).matches());
    } catch (IOException e) {
      return true;
    }
  }
}
