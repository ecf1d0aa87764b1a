package dev.coffer.hsm.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whether a process is being looked into now. <b>Not guaranteed:</b> that it was not before, or is
 * not a moment later; and nothing against root on its host, who reads a memory without a trace.
 */
public final class Debugging {
  /** What makes a virtual machine load an agent, or tell how to look in. */
  private static final Pattern AGENT =
      Pattern.compile("-(agentlib:|agentpath:|javaagent:|Xdebug|Xrun|Dcom\\.sun\\.management).*");

  private Debugging() {}

  /** Of this one. */
  public static boolean ofThisProcess() {
    Optional<String[]> arguments = ProcessHandle.current().info().arguments();
    return of(Path.of("/proc/self/status"), arguments.map(List::of));
  }

  /**
   * By what the kernel says in {@code status} (proc(5), TracerPid) and by the arguments it was
   * started with. What cannot be read counts as being looked into.
   */
  static boolean of(Path status, Optional<List<String>> arguments) {
    try {
      boolean untraced = Files.readString(status).contains("\nTracerPid:\t0\n");
      boolean plain =
          arguments
              .filter(all -> all.stream().noneMatch(one -> AGENT.matcher(one).matches()))
              .isPresent();
      return !untraced || !plain;
    } catch (IOException e) {
      return true;
    }
  }
}
