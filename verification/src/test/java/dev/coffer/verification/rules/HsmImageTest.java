package dev.coffer.verification.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The image that a host runs as its HSM holds the trusted core and nothing an attacker could use.
 */
class HsmImageTest {
  private final Path image = Repository.root().resolve("hsm-image/target/hsm-image");

  @BeforeEach
  void imageIsThere() {
    assumeTrue(
        Files.isDirectory(image), "the image is made in phase package: ./mvnw verify tests it");
  }

  @Test
  void theCoreItsPortsAndNothingElse() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(image.resolve("bin/java").toString(), "--list-modules")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    List<String> modules =
        output.lines().map(line -> line.replaceFirst("@.*", "")).sorted().toList();
    assertEquals(
        List.of(
            "dev.coffer.files",
            "dev.coffer.hsm",
            "dev.coffer.hsm.pkcs11",
            "dev.coffer.hsm.process",
            "dev.coffer.hsm.simulated",
            "dev.coffer.hsm.tpm",
            "dev.coffer.pkcs11",
            "dev.coffer.protocol",
            "java.base"),
        modules);
  }

  @Test
  void noOtherProgram() throws IOException {
    try (var programs = Files.list(image.resolve("bin"))) {
      List<String> names = programs.map(p -> p.getFileName().toString()).sorted().toList();
      assertEquals(List.of("coffer-hsm", "coffer-hsm-pkcs11", "coffer-hsm-tpm", "java"), names);
    }
    try (var files = Files.walk(image)) {
      assertEquals(List.of(), files.filter(p -> p.endsWith("jspawnhelper")).toList());
    }
  }
}
