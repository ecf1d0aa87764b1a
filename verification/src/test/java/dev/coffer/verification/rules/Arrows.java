package dev.coffer.verification.rules;

import static java.util.Map.entry;

import java.lang.module.ModuleFinder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who may use what: the module table of ARCHITECTURE.md as an allow-list. What is not named here is
 * forbidden, so a new library, or a new arrow, is a change of this file that a reviewer sees.
 */
final class Arrows {
  /**
   * What one module may use.
   *
   * @param coffer modules of Coffer besides itself
   * @param jdk modules of the JDK
   * @param libraries packages of others, each with everything below it
   */
  record Allowed(List<String> coffer, List<String> jdk, List<String> libraries) {}

  private static final List<String> SERVER_JDK =
      List.of("java.base", "java.logging", "java.management", "java.net.http", "jdk.httpserver");

  static final Map<String, Allowed> TABLE =
      Map.ofEntries(
          entry("files", new Allowed(List.of(), List.of("java.base"), List.of())),
          entry("protocol", new Allowed(List.of(), List.of("java.base"), List.of())),
          entry("hsm", new Allowed(List.of("protocol"), List.of("java.base"), List.of())),
          entry(
              "hsm-simulated",
              new Allowed(List.of("hsm", "protocol"), List.of("java.base"), List.of())),
          entry("transparency", new Allowed(List.of("protocol"), List.of("java.base"), List.of())),
          entry(
              "client",
              new Allowed(
                  List.of("protocol", "transparency"),
                  List.of("java.base"),
                  List.of("org.bouncycastle"))),
          entry(
              "backup",
              new Allowed(
                  List.of("client", "protocol"),
                  List.of("java.base", "java.net.http", "java.xml"),
                  List.of(
                      "com.exceptionfactory.jagged", "com.github.luben.zstd", "org.bouncycastle"))),
          entry(
              "node",
              new Allowed(
                  List.of("files", "protocol", "transparency"),
                  SERVER_JDK,
                  List.of(
                      "io.helidon",
                      "io.micrometer",
                      "org.apache.ratis",
                      "org.bouncycastle",
                      "org.h2.mvstore",
                      "org.jspecify",
                      "org.lmdbjava",
                      "org.rocksdb",
                      "org.slf4j"))),
          entry(
              "notary",
              new Allowed(
                  List.of("files", "protocol", "transparency"),
                  SERVER_JDK,
                  List.of("io.helidon", "org.bouncycastle"))),
          entry(
              "cli",
              new Allowed(
                  List.of(
                      "backup", "client", "files", "node", "notary", "protocol", "transparency"),
                  List.of("java.base"),
                  List.of("me.tongfei.progressbar", "org.jspecify", "picocli"))),
          entry(
              "lab",
              new Allowed(
                  List.of(
                      "backup",
                      "cli",
                      "client",
                      "files",
                      "node",
                      "notary",
                      "protocol",
                      "transparency"),
                  List.of("java.base", "java.sql"),
                  List.of("org.HdrHistogram", "org.jspecify", "picocli"))));

  private static final Map<String, String> JDK_MODULE_OF = jdkPackages();

  private Arrows() {}

  private static Map<String, String> jdkPackages() {
    Map<String, String> owner = new HashMap<>();
    for (var module : ModuleFinder.ofSystem().findAll()) {
      for (String name : module.descriptor().packages()) {
        owner.put(name, module.descriptor().name());
      }
    }
    return owner;
  }

  /** The folder of the module that holds a package of ours. */
  private static String moduleOf(String used) {
    if (used.startsWith("dev.coffer.hsm.simulated")) {
      return "hsm-simulated";
    }
    return used.equals("dev.coffer") ? "" : used.split("\\.")[2];
  }

  /**
   * What is wrong with {@code module} using a class of package {@code used}; empty if nothing is.
   */
  static Optional<String> objection(String module, String used) {
    Allowed allowed = TABLE.get(module);
    if (allowed == null) {
      return Optional.of("module " + module + " has no line in Arrows");
    }
    if (used.equals("dev.coffer") || used.startsWith("dev.coffer.")) {
      String other = moduleOf(used);
      return other.equals(module) || allowed.coffer().contains(other)
          ? Optional.empty()
          : Optional.of("dev.coffer." + other);
    }
    String jdkModule = JDK_MODULE_OF.get(used);
    if (jdkModule != null) {
      return allowed.jdk().contains(jdkModule) ? Optional.empty() : Optional.of(jdkModule);
    }
    for (String library : allowed.libraries()) {
      if (used.equals(library) || used.startsWith(library + ".")) {
        return Optional.empty();
      }
    }
    return Optional.of(used);
  }
}
