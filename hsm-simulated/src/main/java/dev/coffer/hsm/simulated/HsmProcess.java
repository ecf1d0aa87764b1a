package dev.coffer.hsm.simulated;

import dev.coffer.hsm.process.HsmHome;
import dev.coffer.hsm.process.HsmProgram;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.IntConsumer;

/**
 * {@code coffer-hsm --home DIR --socket PATH}: one SIMULATED HSM ({@link HsmProgram}). {@code
 * coffer-hsm inspect DIR}: what the home of one that does not run holds ({@link Inspection}); it
 * holds the home until its standard input ends. The status is then 0, or 75 if the home is in use.
 */
public final class HsmProcess {
  private static final int FAILED = 70;
  private static final int IN_USE = 75;

  private final HsmProgram program;
  private final PrintStream out;

  /** One that hears, speaks and ends through these; {@code end} does not return in earnest. */
  HsmProcess(InputStream hostsEnd, PrintStream out, PrintStream err, IntConsumer end) {
    this.out = out;
    this.program =
        new HsmProgram(
            "coffer-hsm --home DIR --socket PATH, or: coffer-hsm inspect DIR",
            FilePlatform::new,
            hostsEnd,
            out,
            err,
            end);
  }

  /** Runs until the host goes away. */
  public static void main(String[] arguments) {
    new HsmProcess(System.in, System.out, System.err, Runtime.getRuntime()::halt).run(arguments);
  }

  void run(String[] arguments) {
    if (arguments.length == 2 && arguments[0].equals("inspect")) {
      inspect(arguments[1]);
    } else {
      program.run(arguments);
    }
  }

  private void inspect(String home) {
    try (Inspection inspection = Inspection.open(Path.of(home))) {
      inspection.lines().forEach(out::println);
      out.flush();
      program.haltWithHost();
    } catch (HsmHome.InUse e) {
      program.fail(String.valueOf(e.getMessage()), IN_USE);
    } catch (IOException e) {
      program.fail("the home cannot be read: " + e.getClass().getName(), FAILED);
    } catch (RuntimeException e) {
      program.stop(e);
    }
  }
}
