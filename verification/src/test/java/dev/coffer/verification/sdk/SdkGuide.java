package dev.coffer.verification.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.VaultClient;
import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;

/** {@code docs/sdk.md} and its programs, compiled into a folder as a reader would. */
public final class SdkGuide {
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^```(?<language>\\w+)\n(?<text>.*?)^```$");

  private final Path folder;
  private final String text;

  /** The guide; what is compiled goes to {@code folder}. */
  public SdkGuide(Path folder) throws IOException {
    this.folder = folder;
    this.text = Files.readString(Path.of("..", "docs", "sdk.md"));
  }

  String text() {
    return text;
  }

  /** The one block in that language that has these words. */
  public String block(String language, String words) {
    List<String> found =
        BLOCK
            .matcher(text)
            .results()
            .filter(block -> block.group("language").equals(language))
            .map(block -> block.group("text"))
            .filter(block -> block.contains(words))
            .toList();
    assertEquals(1, found.size(), "blocks in " + language + " with " + words);
    return found.getFirst();
  }

  /** The class path of an app: what the client is, and what it needs of ours. */
  static String ofAnApp() throws URISyntaxException {
    List<String> places = new ArrayList<>();
    for (Class<?> one :
        List.of(VaultClient.class, TrustPolicy.class, Bytes.class, AtomicFile.class)) {
      URL place = one.getProtectionDomain().getCodeSource().getLocation();
      places.add(Path.of(place.toURI()).toString());
    }
    return String.join(File.pathSeparator, places);
  }

  private static String ofThisTest() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /** The Java classes of these names, each in a file as the guide has it. */
  List<Path> sources(String... names) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String name : names) {
      Path file = folder.resolve(name + ".java");
      Files.writeString(file, block("java", "class " + name + " "));
      files.add(file);
    }
    return files;
  }

  void compile(List<Path> files, String classPath, String... options) {
    List<String> words = new ArrayList<>(List.of(options));
    words.addAll(List.of("-proc:none", "-cp", classPath, "-d", folder.toString()));
    files.forEach(file -> words.add(file.toString()));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int status =
        ToolProvider.getSystemJavaCompiler().run(null, said, said, words.toArray(new String[0]));
    assertEquals(0, status, said.toString(StandardCharsets.UTF_8));
  }

  /** Compiles the guide's first recovery: the app's class as an app does, the program beside it. */
  public void compileFirstRecovery() throws IOException, URISyntaxException {
    compile(sources("Protection"), ofAnApp(), "--release", "17");
    compile(sources("FirstRecovery"), folder + File.pathSeparator + ofThisTest());
  }

  /** Compiles the guide's Kotlin, and behind it a way in that is no coroutine. */
  public void compileKotlin() throws IOException {
    Path file = folder.resolve("Guide.kt");
    Files.writeString(
        file,
        block("kotlin", "class Recovering(")
            + """

            fun log(line: String) = println(line)

            fun recoverHere(
                client: dev.coffer.client.VaultClient,
                typed: CharArray,
                use: (BackupSecret) -> Unit,
            ): String =
                kotlinx.coroutines.runBlocking {
                    Recovering(SuspendingVaultClient(client)).recover(typed, use)
                }
            """);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ExitCode end =
        new K2JVMCompiler()
            .exec(
                new PrintStream(said, true, StandardCharsets.UTF_8),
                "-no-stdlib",
                "-no-reflect",
                "-jvm-target",
                "17",
                "-cp",
                ofThisTest(),
                "-d",
                folder.toString(),
                file.toString());
    assertEquals(ExitCode.OK, end, said.toString(StandardCharsets.UTF_8));
  }

  /** Loads what was compiled. */
  public URLClassLoader loader() throws IOException {
    URL[] here = {folder.toUri().toURL()};
    return new URLClassLoader(here, SdkGuide.class.getClassLoader());
  }

  /** The first cells of each row of the table under that heading line, a space between. */
  List<String> rows(String heading, int cells) {
    assertTrue(text.contains("\n" + heading + "\n"), heading);
    return text.lines()
        .dropWhile(line -> !line.equals(heading))
        .skip(2)
        .takeWhile(line -> line.startsWith("| "))
        .map(line -> List.of(line.replace("`", "").split("\\s*\\|\\s*")))
        .map(row -> String.join(" ", row.subList(1, 1 + cells)))
        .toList();
  }
}
