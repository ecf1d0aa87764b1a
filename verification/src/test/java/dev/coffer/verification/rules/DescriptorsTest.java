package dev.coffer.verification.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What the compiled module descriptors require and export, against a golden file: a new arrow or a
 * newly public package is a visible diff. After a change that is meant, run {@code ./mvnw -pl
 * verification -am test -Dtest=DescriptorsTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dgolden.update=true} and review the diff.
 */
class DescriptorsTest {
  private static final String GOLDEN = "verification/src/test/resources/rules/modules.golden";

  @Test
  void descriptorsAreAsReviewed() throws IOException {
    StringBuilder actual = new StringBuilder();
    for (String module : Repository.modules()) {
      actual.append(describe(module));
    }
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(Repository.root().resolve(GOLDEN), actual);
    }
    String hint = GOLDEN + " differs; if that is meant, update it as DescriptorsTest says.";
    assertEquals(Repository.text(GOLDEN).orElse(""), actual.toString(), hint);
  }

  @Test
  void trustedModulesRequireNothingElse() {
    Set<String> core = Set.of("java.base", "dev.coffer.protocol");
    Set<String> ports =
        Set.of("dev.coffer.files", "dev.coffer.hsm", "dev.coffer.hsm.process", "dev.coffer.pkcs11");
    List<String> modules =
        List.of("protocol", "hsm", "hsm-process", "hsm-simulated", "hsm-pkcs11", "hsm-tpm");
    for (String module : modules) {
      for (ModuleReference found : ModuleFinder.of(ClassFiles.folder(module)).findAll()) {
        assertEquals("dev.coffer." + module.replace('-', '.'), found.descriptor().name());
        for (ModuleDescriptor.Requires required : found.descriptor().requires()) {
          boolean port = module.startsWith("hsm-");
          if (!core.contains(required.name()) && !(port && ports.contains(required.name()))) {
            String rule =
                "protocol and hsm require java.base (and hsm protocol), ports of hsm a little"
                    + " more.";
            String file = module + "/src/main/java/module-info.java";
            Violation.assertNone(List.of(new Violation(file, 0, rule, required.name())));
          }
        }
      }
    }
  }

  private static String describe(String module) {
    Path folder = ClassFiles.folder(module);
    if (!Files.exists(folder.resolve("module-info.class"))) {
      return module + ": class path only\n";
    }
    StringBuilder text = new StringBuilder();
    for (ModuleReference found : ModuleFinder.of(folder).findAll()) {
      ModuleDescriptor descriptor = found.descriptor();
      text.append(module).append(": module ").append(descriptor.name()).append('\n');
      TreeSet<String> lines = new TreeSet<>();
      descriptor.requires().forEach(r -> lines.add("  requires " + withoutVersion(r)));
      descriptor.exports().forEach(e -> lines.add("  exports " + e));
      descriptor.opens().forEach(o -> lines.add("  opens " + o));
      descriptor.uses().forEach(u -> lines.add("  uses " + u));
      descriptor.provides().forEach(p -> lines.add("  provides " + p));
      lines.forEach(line -> text.append(line).append('\n'));
    }
    return text.toString();
  }

  private static String withoutVersion(ModuleDescriptor.Requires required) {
    TreeSet<String> words = new TreeSet<>();
    for (ModuleDescriptor.Requires.Modifier modifier : required.modifiers()) {
      if (modifier != ModuleDescriptor.Requires.Modifier.MANDATED) {
        words.add(modifier.toString().toLowerCase(java.util.Locale.ROOT));
      }
    }
    return String.join(" ", words) + (words.isEmpty() ? "" : " ") + required.name();
  }
}
