package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.vault.UserVault;
import dev.coffer.client.Presence;
import dev.coffer.client.Slot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the vault whether the recovery code is still registered, while something else goes on that
 * needs no vault and must not fail for want of one. No guess is used. Not thread-safe.
 */
final class CodeInquiry implements AutoCloseable {
  /** So long whoever asked waits for the answer when all else is done. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How the line begins that says why there is no answer. */
  static final String NOT_ASKED =
      "The vault could not be asked whether the recovery code is still registered: ";

  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private @Nullable UserVault vault;
  private @Nullable Future<Presence> answer;
  private Optional<Failure> why = Optional.empty();
  private final Device device;
  private final Optional<String> noted;

  private CodeInquiry(Device device) throws IOException {
    this.device = device;
    this.noted = device.note(UserVault.CODE_NOTE);
  }

  /** Begins to ask. Where there is no fleet, nothing is asked. */
  static CodeInquiry begin(Session session, Path home, Device device, LoginOptions logins)
      throws IOException {
    CodeInquiry inquiry = new CodeInquiry(device);
    if (FleetAddress.mayBeIn(home)) {
      try {
        UserVault vault =
            UserVault.open(
                session, home, device, PATIENCE, logins.logins(session, home, device.account()));
        inquiry.vault = vault;
        inquiry.answer = inquiry.executor.submit(() -> vault.registered(Slot.CODE));
      } catch (Failure e) {
        inquiry.why = Optional.of(e);
      } catch (IOException e) {
        inquiry.why = Optional.of(unreadable(e));
      }
    }
    return inquiry;
  }

  /**
   * Waits for the answer and notes it on the device; says in one line why there is none.
   *
   * @return whether the vault answered
   */
  boolean end(Output speech) throws IOException, InterruptedException {
    if (vault != null && answer != null) {
      try {
        Presence presence = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        Verdicts.present(presence);
        // Whoever noted something since knows more than an answer from before.
        if (device.note(UserVault.CODE_NOTE).equals(noted)) {
          vault.heard(presence);
        }
        return true;
      } catch (Failure e) {
        why = Optional.of(e);
      } catch (IOException e) {
        why = Optional.of(unreadable(e));
      } catch (TimeoutException e) {
        why =
            vault
                .noLogin()
                .or(() ->
                    Optional.of(new Failure(ExitCode.TRY_AGAIN, "It did not answer in time.", "")));
      } catch (ExecutionException e) {
        why = Optional.of(cause(e.getCause()));
      }
    }
    why.ifPresent(failure -> speech.warn(NOT_ASKED + failure.what()));
    return false;
  }

  private static Failure cause(@Nullable Throwable cause) {
    return switch (cause) {
      case Failure failure -> failure;
      case IOException unreadable -> unreadable(unreadable);
      case Error error -> throw error;
      case null, default -> new Failure(ExitCode.HERE, "It failed: " + cause + ".", "");
    };
  }

  private static Failure unreadable(IOException e) {
    return new Failure(ExitCode.HERE, String.valueOf(e.getMessage()), "");
  }

  @Override
  public void close() {
    executor.shutdownNow();
    if (vault != null) {
      vault.close();
    }
  }
}
