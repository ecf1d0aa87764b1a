package dev.coffer.cli.vault;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.login.LoginToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Logins from a program of the user's or the app's: {@code PROGRAM FLEET ACCOUNT DEVICE-KEY}, and
 * {@code fresh} behind it once a login was refused as expired. Fleet id and device key are
 * hexadecimal. It prints three lines and ends with status 0: the issuer's Ed25519 key, the tenant
 * root's signature over it (both hexadecimal) and the JWT; see PROTOCOL.md. What it says on its
 * standard error stream goes to the user. It is ended when its time is over, or nobody waits for it
 * any more; what it has started, such as a browser, is not.
 */
public final class LoginCommand implements LoginSource {
  /** For one login: somebody may have to find a second factor. */
  public static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final int OUTPUT_MAX = 8 << 10;
  private static final int LINES = 3;
  private static final String LATE = "gave no login in time, and was ended";

  private final Path program;
  private final String tenant;
  private final String account;
  private final Duration patience;
  private volatile Optional<Process> running = Optional.empty();
  private volatile boolean closed;
  private volatile Optional<String> trouble = Optional.empty();

  /**
   * @param patience for one login
   */
  public LoginCommand(Path program, String tenant, String account, Duration patience) {
    this.program = program;
    this.tenant = tenant;
    this.account = account;
    this.patience = patience;
  }

  @Override
  public String tenant() {
    return tenant;
  }

  @Override
  public LoginToken token(FleetId fleetId, Bytes deviceKey, boolean fresh) throws IOException {
    if (trouble.filter(LATE::equals).isPresent()) {
      // Every node is asked with a login. Whoever was not there for one is not there for the next.
      throw new IOException(LATE);
    }
    List<String> words =
        new ArrayList<>(
            List.of(program.toString(), fleetId.value().hex(), account, deviceKey.hex()));
    if (fresh) {
      words.add("fresh");
    }
    trouble = Optional.empty();
    try {
      return run(words);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("was stopped");
    } catch (TimeoutException e) {
      throw failed(LATE);
    }
  }

  private LoginToken run(List<String> words)
      throws IOException, InterruptedException, TimeoutException {
    Process process;
    try {
      process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw failed("cannot be run");
    }
    running = Optional.of(process);
    try {
      process.getOutputStream().close();
      if (closed) {
        throw failed("was stopped");
      }
      // Reading can be neither interrupted nor limited: so another thread does it.
      FutureTask<byte[]> output = new FutureTask<>(() -> read(process.getInputStream()));
      Thread.ofPlatform().daemon().name("login program").start(output);
      byte[] octets = output.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new TimeoutException();
      }
      if (process.exitValue() != 0) {
        throw failed("failed (status " + process.exitValue() + ")");
      }
      return parse(new String(octets, StandardCharsets.US_ASCII));
    } catch (ExecutionException e) {
      throw failed("was stopped");
    } finally {
      end(process);
      running = Optional.empty();
    }
  }

  private static byte[] read(InputStream out) throws IOException {
    byte[] octets = out.readNBytes(OUTPUT_MAX);
    // What is too long is refused below; the program is to end all the same.
    out.transferTo(OutputStream.nullOutputStream());
    return octets;
  }

  private static void end(Process process) {
    process.destroy();
    try {
      if (process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }

  private LoginToken parse(String output) throws IOException {
    List<String> lines = output.lines().map(String::strip).toList();
    try {
      if (lines.size() == LINES) {
        Bytes issuer = Bytes.fromHex(lines.get(0));
        Bytes signature = Bytes.fromHex(lines.get(1));
        if (issuer.size() == Limits.DIGEST
            && signature.size() == Limits.SIGNATURE
            && lines.get(2).length() <= Limits.TOKEN_MAX) {
          return new LoginToken(issuer, signature, lines.get(2));
        }
      }
    } catch (IllegalArgumentException e) {
      // No hexadecimal: as below. Neither message quotes what was printed.
    }
    throw failed("does not print issuer key, signature and JWT, a line each");
  }

  private IOException failed(String how) {
    trouble = Optional.of(how);
    return new IOException("the login program " + how);
  }

  @Override
  public Optional<Failure> trouble() {
    Optional<String> waits = running.map(process -> "still waited for somebody, and was ended");
    return waits
        .or(() -> trouble)
        .map(how ->
            new Failure(
                ExitCode.LOGIN_EXPIRED,
                "The login program " + program + " " + how + ".",
                "Run it by itself with a fleet id, an account and a device key to see what it waits for or says, then"
                    + " run the same command again: no guess is lost."));
  }

  @Override
  public void close() {
    closed = true;
    running.ifPresent(LoginCommand::end);
  }
}
