package dev.coffer.verification.rules;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The compiled production classes, module by module. */
final class ClassFiles {
  private ClassFiles() {}

  static Path folder(String module) {
    return Repository.root().resolve(module).resolve("target/classes");
  }

  /** Empty for a module that has no production class yet. */
  static JavaClasses of(String module) {
    Path folder = folder(module);
    ClassFileImporter importer = new ClassFileImporter();
    return Files.isDirectory(folder)
        ? importer.importPath(folder)
        : importer.importClasses(List.of());
  }

  /** The packages that the module's descriptor exports to everybody. */
  static Set<String> exports(String module) {
    return ModuleFinder.of(folder(module)).findAll().stream()
        .flatMap(found -> found.descriptor().exports().stream())
        .filter(export -> !export.isQualified())
        .map(ModuleDescriptor.Exports::source)
        .collect(Collectors.toSet());
  }

  /** The source file of a class, relative to the repository's root. */
  static String source(String module, JavaClass type) {
    String folder = module + "/src/main/java/" + type.getPackageName().replace('.', '/') + "/";
    return folder
        + type.getSource().flatMap(s -> s.getFileName()).orElse(type.getSimpleName() + ".java");
  }
}
