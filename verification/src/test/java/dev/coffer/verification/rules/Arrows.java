package dev.coffer.verification.rules;

import java.lang.module.ModuleFinder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Who may use what: the module table of ARCHITECTURE.md as an allow-list. What is not named here is
 * forbidden, so a new library, or a new arrow, is a change of this file that a reviewer sees; and
 * what nobody uses any more is taken out.
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

  static final Map<String, Allowed> TABLE =
      Map.ofEntries(
          Map.entry("files", new Allowed(List.of(), List.of("java.base"), List.of())),
          Map.entry("protocol", new Allowed(List.of(), List.of("java.base"), List.of())),
          Map.entry(
              "pkcs11", new Allowed(List.of("files", "protocol"), List.of("java.base"), List.of())),
          Map.entry(
              "attestation", new Allowed(List.of("protocol"), List.of("java.base"), List.of())),
          Map.entry("hsm", new Allowed(List.of("protocol"), List.of("java.base"), List.of())),
          Map.entry(
              "hsm-process",
              new Allowed(List.of("files", "hsm", "protocol"), List.of("java.base"), List.of())),
          Map.entry(
              "hsm-simulated",
              new Allowed(
                  List.of("files", "hsm", "hsm-process", "protocol"),
                  List.of("java.base"),
                  List.of())),
          Map.entry(
              "hsm-pkcs11",
              new Allowed(
                  List.of("files", "hsm", "hsm-process", "pkcs11", "protocol"),
                  List.of("java.base"),
                  List.of())),
          Map.entry(
              "hsm-tpm",
              new Allowed(
                  List.of("files", "hsm", "hsm-process", "protocol"),
                  List.of("java.base"),
                  List.of())),
          Map.entry(
              "transparency", new Allowed(List.of("protocol"), List.of("java.base"), List.of())),
          Map.entry(
              "ceremony",
              new Allowed(
                  List.of("attestation", "files", "protocol", "transparency"),
                  List.of("java.base"),
                  List.of())),
          Map.entry(
              "evidence",
              new Allowed(
                  List.of("attestation", "ceremony", "files", "protocol", "transparency"),
                  List.of("java.base"),
                  List.of())),
          Map.entry(
              "client",
              new Allowed(
                  List.of("files", "protocol", "transparency"),
                  List.of("java.base"),
                  List.of("org.bouncycastle"))),
          Map.entry(
              "client-kotlin",
              new Allowed(
                  List.of("client"),
                  List.of("java.base"),
                  List.of("kotlin", "kotlinx.coroutines", "org.jetbrains.annotations"))),
          Map.entry(
              "backup",
              new Allowed(
                  List.of("protocol"),
                  List.of("java.base", "java.net.http", "java.xml"),
                  List.of("com.exceptionfactory.jagged", "com.jcraft.jsch"))),
          Map.entry(
              "node",
              new Allowed(
                  List.of("files", "protocol", "transparency"),
                  List.of("java.base", "java.logging", "java.management"),
                  List.of(
                      "io.micrometer",
                      "org.apache.ratis",
                      "org.bouncycastle",
                      "org.eclipse.jetty",
                      "org.jspecify",
                      "org.slf4j"))),
          Map.entry(
              "notary",
              new Allowed(
                  List.of("files", "pkcs11", "protocol", "transparency"),
                  List.of("java.base", "java.logging", "java.net.http", "jdk.httpserver"),
                  List.of())),
          Map.entry(
              "cli",
              new Allowed(
                  List.of(
                      "backup",
                      "ceremony",
                      "client",
                      "evidence",
                      "files",
                      "node",
                      "notary",
                      "protocol",
                      "transparency"),
                  List.of("java.base", "java.net.http", "jdk.httpserver"),
                  List.of(
                      "io.nayuki.qrcodegen",
                      "me.tongfei.progressbar",
                      "org.apache.fontbox",
                      "org.apache.pdfbox",
                      "org.jspecify",
                      "picocli"))),
          Map.entry(
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
    for (String module : Repository.PRODUCTION) {
      String packages = "dev.coffer." + module.replace('-', '.');
      if (module.contains("-") && (used.equals(packages) || used.startsWith(packages + "."))) {
        return module;
      }
    }
    return used.equals("dev.coffer") ? "" : used.split("\\.")[2];
  }

  /** The table of ARCHITECTURE.md: who may use what, a row for each module. */
  static String markdown() {
    StringBuilder rows =
        new StringBuilder(
            "| module | modules of Coffer | of the JDK | libraries |\n|---|---|---|---|\n");
    for (String module : Repository.PRODUCTION) {
      Allowed allowed = TABLE.get(module);
      if (allowed != null) {
        rows.append("| `").append(module).append("` |");
        for (List<String> kind : List.of(allowed.coffer(), allowed.jdk(), allowed.libraries())) {
          String names = kind.stream().sorted().collect(Collectors.joining(", "));
          rows.append(' ').append(names.isEmpty() ? "–" : names).append(" |");
        }
        rows.append('\n');
      }
    }
    return rows.toString();
  }

  /** The entry of {@code module}'s line that lets it use {@code used}; empty if none does. */
  static Optional<String> entry(String module, String used) {
    Allowed allowed = TABLE.get(module);
    if (allowed == null) {
      return Optional.empty();
    }
    if (used.equals("dev.coffer") || used.startsWith("dev.coffer.")) {
      return Optional.of(moduleOf(used));
    }
    String jdkModule = JDK_MODULE_OF.get(used);
    if (jdkModule != null) {
      return Optional.of(jdkModule);
    }
    return allowed.libraries().stream()
        .filter(library -> used.equals(library) || used.startsWith(library + "."))
        .findFirst();
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
