package dev.coffer.verification.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.Cause;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Forgetting;
import dev.coffer.client.Recovery;
import dev.coffer.client.VaultStatus;
import dev.coffer.client.port.KeyStretching;
import dev.coffer.client.secret.Argon2id;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.File;
import java.lang.reflect.Constructor;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code docs/sdk.md} tells apps, as far as it needs no fleet. Its first recovery runs against
 * one in {@code FleetReplacementTest}.
 */
class SdkGuideTest {
  /** Stands for whatever an app has: the primitive of the library that our own class rests on. */
  private static final String BINDING =
      """
      import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
      import org.bouncycastle.crypto.params.Argon2Parameters;

      final class Argon2Binding {
        static void id(int kib, int passes, int lanes, byte[] input, byte[] salt, byte[] output) {
          Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
          argon2.init(
              new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                  .withMemoryAsKB(kib)
                  .withIterations(passes)
                  .withParallelism(lanes)
                  .withSalt(salt)
                  .build());
          argon2.generateBytes(input, output);
        }
      }
      """;

  @TempDir private Path folder;
  private SdkGuide guide;

  @BeforeEach
  void read() throws Exception {
    guide = new SdkGuide(folder);
  }

  @Test
  void theFirstRecoveryCompilesAgainstTheClientAlone() throws Exception {
    guide.compileFirstRecovery();
    long lines = guide.block("java", "class Protection ").lines().count();
    assertTrue(lines < 60, "a first recovery is short: " + lines);
  }

  @Test
  void theKotlinCompilesAgainstItsJar() throws Exception {
    guide.compileKotlin();
  }

  @Test
  void anAppsOwnArgon2OpensWhatOursRegistered() throws Exception {
    List<Path> sources = new ArrayList<>(guide.sources("OwnArgon2"));
    sources.add(Files.writeString(folder.resolve("Argon2Binding.java"), BINDING));
    Path bouncyCastle =
        Path.of(
            org.bouncycastle.crypto.params.Argon2Parameters.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    guide.compile(
        sources, SdkGuide.ofAnApp() + File.pathSeparator + bouncyCastle, "--release", "17");
    try (URLClassLoader classes = guide.loader();
        SecretBytes output = SecretBytes.copyOf(Bytes.zeros(64))) {
      Constructor<?> made = classes.loadClass("OwnArgon2").getDeclaredConstructor();
      made.setAccessible(true);
      KsfParameters parameters = new KsfParameters(19 << 10, 2, 1);
      Bytes salt = Bytes.zeros(KeyStretching.SALT);
      KeyStretching own = (KeyStretching) made.newInstance();
      try (SecretBytes ours = new Argon2id().stretch(output, salt, parameters);
          SecretBytes theirs = own.stretch(output, salt, parameters)) {
        assertTrue(ours.sameAs(theirs));
      }
    }
  }

  @Test
  void everyEndOfACallAndNoOtherHasItsRow() {
    List<String> ends = new ArrayList<>();
    Map<String, Class<?>> calls =
        Map.of(
            "recover", Recovery.class,
            "enrol", Enrolment.class,
            "forget", Forgetting.class,
            "status", VaultStatus.class);
    calls.forEach((call, union) ->
        Stream.of(union.getPermittedSubclasses())
            .forEach(end -> ends.add(call + " " + end.getSimpleName())));
    assertEquals(
        ends.stream().sorted().toList(),
        guide.rows("| call | end | who acts |", 2).stream().sorted().toList());
  }

  @Test
  void everyCauseHasItsRow() {
    assertEquals(
        Stream.of(Cause.values()).map(Cause::name).toList(), guide.rows("| cause | who acts |", 1));
  }
}
