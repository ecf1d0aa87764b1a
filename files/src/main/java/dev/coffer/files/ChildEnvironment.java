package dev.coffer.files;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * What a process that we start gets of our environment: what is known to be needed, and nothing
 * else. Whoever types a command may have anything in his, tokens and flags for a virtual machine
 * among them. Stateless.
 */
public final class ChildEnvironment {
  /** What the names of an HSM's settings begin with. */
  public static final String HSM = "COFFER_HSM_";

  private static final Set<String> NEEDED =
      Set.of("PATH", "JAVA_HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR");

  private ChildEnvironment() {}

  /**
   * Takes everything else out.
   *
   * @param environment a process builder's
   * @param meant what names begin with that are settings of that program
   */
  public static void clean(Map<String, String> environment, String... meant) {
    environment
        .keySet()
        .removeIf(
            name -> !NEEDED.contains(name) && Arrays.stream(meant).noneMatch(name::startsWith));
  }
}
