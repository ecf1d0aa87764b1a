package dev.coffer.verification.rules;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The arrows between the modules, and to the JDK and other libraries, read from the class files.
 */
class ArrowsTest {
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
