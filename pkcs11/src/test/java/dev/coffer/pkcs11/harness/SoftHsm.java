package dev.coffer.pkcs11.harness;

import dev.coffer.pkcs11.TokenPlace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A SoftHSM2 whose tokens lie in a folder of the test. Its library is told so by the environment of
 * the process, which is set here for real; it then looks for its tokens anew.
 */
public final class SoftHsm {
  public static final Path LIBRARY = Path.of("/usr/lib/softhsm/libsofthsm2.so");
  public static final String SKIP = "no SoftHSM2 (package softhsm2) to keep a key in";

  private static final String VARIABLE = "SOFTHSM2_CONF";
  private static final int INITIALIZED_NOT = 0x190;

  private final Path folder;

  /** Tokens in {@code folder}; the library of this process is not told yet. */
  public SoftHsm(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    Files.createDirectories(tokens());
    Files.writeString(
        conf(), "directories.tokendir = " + tokens() + "\nobjectstore.backend = file\n");
  }

  public static boolean here() {
    return Files.exists(LIBRARY);
  }

  /** Where the tokens lie: moved away, they are pulled out. */
  public Path tokens() {
    return folder.resolve("tokens");
  }

  public Path conf() {
    return folder.resolve("softhsm2.conf");
  }

  /** Makes a token with the PIN 1234. */
  public void insert(String label) throws IOException, InterruptedException {
    run("--init-token", "--free", "--label", label, "--so-pin", "567890", "--pin", "1234");
  }

  /** Runs the token's own tool. */
  public void run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("softhsm2-util"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put(VARIABLE, conf().toString());
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("softhsm2-util " + arguments[0] + " failed");
    }
  }

  /** A file of mode 600 with that PIN. */
  public Path pin(String name, String pin) throws IOException {
    Path path = folder.resolve(name);
    Files.writeString(path, pin + "\n");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    return path;
  }

  public TokenPlace place(String label, Path pin) {
    return new TokenPlace(LIBRARY, label, pin);
  }

  /** Has the library of this process end what it did and look at these tokens from now on. */
  public void plug() throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      TokenPlace.setVariable(VARIABLE, conf().toString());
      MethodHandle end =
          Linker.nativeLinker()
              .downcallHandle(
                  SymbolLookup.libraryLookup(LIBRARY, arena).find("C_Finalize").orElseThrow(),
                  FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
      long ended = (long) end.invokeExact(MemorySegment.NULL);
      if (ended != 0 && ended != INITIALIZED_NOT) {
        throw new IOException("the library cannot be told: " + ended);
      }
    }
  }
}
