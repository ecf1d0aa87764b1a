package dev.coffer.verification.cli;

import dev.coffer.lab.command.LocalDeployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays every session in {@code verification/cli} that needs no vault: what is said, where, and
 * with which exit code. No fleet runs.
 */
@Tag("long")
class CommandSessionsTest {
  @TempDir private Path directory;

  @TestFactory
  Stream<DynamicTest> sessions() throws IOException {
    return SessionScript.scripts(name -> !name.startsWith("vault-"))
        .map(script ->
            DynamicTest.dynamicTest(
                script.getFileName().toString(),
                () ->
                    SessionScript.play(
                        script,
                        Files.createDirectories(directory.resolve(script.getFileName())),
                        directory.resolve("no-vault"),
                        new LocalDeployment())));
  }
}
