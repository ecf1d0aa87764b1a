package dev.coffer.verification.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The arrows between the modules, and to the JDK and other libraries, read from the class files.
 */
@Tag("long")
class ArrowsTest {
  private static final Pattern VERSION = Pattern.compile("<(version\\.[a-z0-9.-]+)>");
  private static final Pattern LINE = Pattern.compile(":(\\d+)\\)$");

  /**
   * Where octets become values, and the primitives below that: the JDK's ciphers and hashes speak
   * arrays. Everywhere else octets travel inside a type that says what they are.
   */
  private static final Set<String> OCTET_LAYER =
      Set.of(
          "dev.coffer.protocol.codec.Bytes",
          "dev.coffer.protocol.codec.CanonicalReader",
          "dev.coffer.protocol.codec.CanonicalWriter",
          "dev.coffer.protocol.crypto.Aead",
          "dev.coffer.protocol.crypto.Hashes",
          "dev.coffer.protocol.crypto.Hkdf",
          "dev.coffer.protocol.crypto.Randomness",
          "dev.coffer.protocol.crypto.SecretBytes");

  @Test
  void modulesUseOnlyWhatTheTableAllows() {
    List<Violation> found = new ArrayList<>();
    int classes = 0;
    for (String module : Repository.modules()) {
      for (JavaClass type : ClassFiles.of(module)) {
        classes++;
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass().getBaseComponentType();
          if (!target.isPrimitive()) {
            Arrows.objection(module, target.getPackageName())
                .ifPresent(what -> found.add(broken(module, type, dependency, what)));
          }
        }
      }
    }
    assertTrue(classes > 20, "hardly any class found: are the modules compiled?");
    Violation.assertNone(found);
  }

  @Test
  void theTableAllowsOnlyWhatIsUsed() {
    List<Violation> found = new ArrayList<>();
    for (String module : Repository.modules()) {
      Set<String> used = new HashSet<>();
      for (JavaClass type : ClassFiles.of(module)) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass().getBaseComponentType();
          if (!target.isPrimitive()) {
            Arrows.entry(module, target.getPackageName()).ifPresent(used::add);
          }
        }
      }
      Arrows.Allowed allowed = Arrows.TABLE.get(module);
      if (allowed != null && !used.isEmpty()) {
        Stream.of(allowed.coffer(), allowed.jdk(), allowed.libraries())
            .flatMap(List::stream)
            .filter(entry -> !used.contains(entry))
            .forEach(entry ->
                found.add(
                    new Violation(
                        "verification/src/test/java/dev/coffer/verification/rules/Arrows.java",
                        0,
                        "What is allowed is used: take the entry out.",
                        module + " → " + entry)));
      }
    }
    Violation.assertNone(found);
  }

  @Test
  void everyModuleHasALine() {
    assertEquals(Set.copyOf(Repository.PRODUCTION), Arrows.TABLE.keySet());
  }

  @Test
  void architectureShowsTheTable() throws IOException {
    String file = "ARCHITECTURE.md";
    String begin = "<!-- as Arrows has it; ArrowsTest with -Dgolden.update=true writes it -->\n";
    String end = "<!-- end -->";
    String text = Repository.text(file).orElseThrow();
    int from = text.indexOf(begin) + begin.length();
    int to = text.indexOf(end, from);
    assertTrue(from >= begin.length() && to > 0, "the two marks are there");
    if (Boolean.getBoolean("golden.update")) {
      String updated = text.substring(0, from) + Arrows.markdown() + text.substring(to);
      Files.writeString(Repository.root().resolve(file), updated);
      return;
    }
    assertEquals(Arrows.markdown(), text.substring(from, to));
  }

  @Test
  void everyVersionInThePomsIsUsed() {
    StringBuilder poms = new StringBuilder();
    Repository.files("", "pom.xml").forEach(f -> poms.append(Repository.text(f).orElseThrow()));
    List<Violation> found = new ArrayList<>();
    for (String file : Repository.files("", "pom.xml")) {
      var defined = VERSION.matcher(Repository.text(file).orElseThrow());
      while (defined.find()) {
        if (poms.indexOf("${" + defined.group(1) + "}") < 0) {
          String rule = "A version that is named is used: take it out.";
          found.add(new Violation(file, 0, rule, defined.group(1)));
        }
      }
    }
    Violation.assertNone(found);
  }

  private static Violation broken(String module, JavaClass type, Dependency use, String what) {
    var line = LINE.matcher(use.getSourceCodeLocation().toString());
    return new Violation(
        ClassFiles.source(module, type),
        line.find() ? Long.parseLong(line.group(1)) : 0,
        "Module " + module + " may use only what Arrows allows it.",
        what + " (" + use.getTargetClass().getName() + ")");
  }

  @Test
  void publicSignaturesOfTrustedModulesCarryNoNakedOctets() {
    List<Violation> found = new ArrayList<>();
    for (String module : List.of("protocol", "hsm", "transparency", "client")) {
      Set<String> exported = ClassFiles.exports(module);
      for (JavaClass type : ClassFiles.of(module)) {
        if (exported.contains(type.getPackageName())
            && type.getModifiers().contains(JavaModifier.PUBLIC)
            && !OCTET_LAYER.contains(outer(type))) {
          type.getCodeUnits().stream()
              .filter(unit -> unit.getModifiers().contains(JavaModifier.PUBLIC))
              .filter(unit -> !inherited(unit.getName()))
              .filter(unit ->
                  isOctets(unit.getRawReturnType())
                      || unit.getRawParameterTypes().stream().anyMatch(ArrowsTest::isOctets))
              .forEach(unit ->
                  found.add(
                      new Violation(
                          ClassFiles.source(module, type),
                          unit.getSourceCodeLocation().getLineNumber(),
                          "Public signatures carry Bytes, SecretBytes or a typed id, not byte[].",
                          unit instanceof JavaMethod ? unit.getName() : "constructor")));
        }
      }
    }
    Violation.assertNone(found);
  }

  private static String outer(JavaClass type) {
    return type.getEnclosingClass().map(ArrowsTest::outer).orElse(type.getName());
  }

  private static boolean isOctets(JavaClass type) {
    return type.isArray() && type.getBaseComponentType().getName().equals("byte");
  }

  private static boolean inherited(String name) {
    return name.startsWith("lambda$");
  }
}
