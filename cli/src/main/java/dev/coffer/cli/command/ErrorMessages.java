package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.client.Cause;
import dev.coffer.client.trust.Distrust;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.protocol.codec.Invariant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns every kind of trouble into one sentence with the next step. */
public final class ErrorMessages {
  private static final int SENTENCE_MAX = 300;

  private ErrorMessages() {}

  static Failure explain(Exception trouble) {
    return switch (trouble) {
      case Failure failure -> failure;
      case OperatorFailure failure -> Failure.of(failure);
      case BackupException backup -> of(backup);
      case BindException e ->
          new Failure(
              ExitCode.HERE,
              "A network port is in use.",
              "Stop the program that uses it, or choose others with --ports.");
      case UncheckedIOException e ->
          files(e.getCause() == null ? new IOException(e) : e.getCause());
      case IOException e -> files(e);
      case InterruptedException e -> interrupted();
      case Invariant.Broken e ->
          new Failure(
              ExitCode.FAILED,
              "The program stopped itself: " + e.getMessage() + ".",
              "Please report this as a defect.");
      default ->
          new Failure(
              ExitCode.FAILED,
              "Unexpected trouble (" + trouble.getClass().getSimpleName() + place(trouble) + ").",
              "Run the command again; if it persists, report it as a defect.");
    };
  }

  /** Where it happened; the message is left out, because it could quote input. */
  private static String place(Exception trouble) {
    StackTraceElement[] trace = trouble.getStackTrace();
    for (StackTraceElement element : trace) {
      if (element.getClassName().startsWith("dev.coffer.")) {
        return " at " + element.getFileName() + ":" + element.getLineNumber();
      }
    }
    return "";
  }

  private static Failure interrupted() {
    return new Failure(
        ExitCode.INTERRUPTED, "Stopped.", "Run the same command again: it continues.");
  }

  static Failure outOfMemory() {
    return new Failure(
        ExitCode.HERE,
        "The memory of this process was not enough: at most "
            + Sizes.bytes(Runtime.getRuntime().maxMemory())
            + ".",
        "Give it more with the environment variable COFFER_JAVA_OPTS, as in COFFER_JAVA_OPTS=-Xmx4g, and run the same"
            + " command again: it continues.");
  }

  private static Failure files(IOException e) {
    String text = e.getMessage() == null ? "" : e.getMessage().toLowerCase(Locale.ROOT);
    if (text.contains("no space left")
        || text.contains("disk quota")
        || text.contains("not enough space")) {
      return new Failure(
          ExitCode.HERE,
          "The disk is full.",
          "Free some space and run the same command again: it continues.");
    }
    if (e instanceof NoSuchFileException file) {
      return new Failure(ExitCode.HERE, file.getFile() + " is not there.", "Check the path.");
    }
    if (e instanceof AccessDeniedException file) {
      return new Failure(
          ExitCode.HERE, file.getFile() + " may not be used.", "Check its owner and permissions.");
    }
    if (e instanceof FileSystemException file) {
      return new Failure(
          ExitCode.HERE,
          file.getFile() + " cannot be used (" + file.getReason() + ").",
          "Check the path and the disk.");
    }
    return new Failure(
        ExitCode.HERE, sentence(e.getMessage()), "Check the disk and the path, then run it again.");
  }

  public static Failure of(BackupException trouble) {
    String what = sentence(trouble.getMessage());
    return switch (trouble.reason()) {
      case STORE_FULL, DISK_FULL ->
          new Failure(ExitCode.HERE, what, "It continues where it stopped.");
      case STORE_UNREACHABLE ->
          new Failure(ExitCode.TRY_AGAIN, what, "It continues where it stopped.");
      case NO_ROOM ->
          new Failure(
              ExitCode.HERE,
              what,
              "Free some, restore elsewhere or a part (--include), or go on with --ignore-space.");
      case STORE_DENIED, LOCAL_FAULT ->
          new Failure(ExitCode.HERE, what, "Then run the same command again.");
      case STORE_FAULT, OBJECT_FAULT ->
          new Failure(ExitCode.FAILED, what, "Nothing that was stored before is lost.");
      case WRONG_KEY ->
          new Failure(
              ExitCode.UNTRUSTED,
              what,
              "Name the repository that this account's key belongs to with --repository.");
      case NOT_A_REPOSITORY ->
          new Failure(
              ExitCode.USAGE, what, "Nothing was written; name another place with --repository.");
      case SHRUNK ->
          new Failure(
              ExitCode.SHRUNK, what, "Add --allow-shrink if the rest was removed on purpose.");
      case NO_SNAPSHOT ->
          new Failure(
              ExitCode.NOT_REGISTERED,
              what,
              "See which there are with coffer snapshots, or make one with coffer backup.");
      case NO_FILE ->
          new Failure(
              ExitCode.NOT_REGISTERED,
              what,
              "See what there is with coffer ls or coffer find; a directory needs --tar.");
      case INTERRUPTED -> interrupted();
      case RUN_AGAIN ->
          new Failure(ExitCode.TRY_AGAIN, what, "Nothing that was stored before is lost.");
      case TOO_LARGE -> new Failure(ExitCode.HERE, what, "Nothing of it was stored.");
    };
  }

  /** The vault has no verdict yet. */
  static Failure of(Cause cause) {
    return switch (cause) {
      case UNREACHABLE ->
          new Failure(
              ExitCode.TRY_AGAIN,
              "No node of the fleet answers.",
              "See coffer status, start it with coffer up, then run the same command again: no guess is lost.");
      case BUSY, TOO_FEW_HSMS ->
          new Failure(
              ExitCode.TRY_AGAIN,
              "The fleet has no majority of working nodes at the moment.",
              "See coffer status, start missing nodes with coffer up, then repeat the command with the same code:"
                  + " no guess is lost.");
      case REFUSED ->
          new Failure(
              ExitCode.TRY_AGAIN,
              "The fleet does not accept this program's messages.",
              cause.whatToDoNext());
      case MOVED -> new Failure(ExitCode.UNTRUSTED, "The fleet is retired.", cause.whatToDoNext());
      case CONTENTION ->
          new Failure(ExitCode.TRY_AGAIN, "The account is busy.", cause.whatToDoNext());
      case LOGIN_EXPIRED ->
          new Failure(ExitCode.LOGIN_EXPIRED, "The login has expired.", cause.whatToDoNext());
      case LOGIN_INVALID ->
          new Failure(ExitCode.LOGIN_EXPIRED, "The login was refused.", cause.whatToDoNext());
      case MEMORY ->
          new Failure(
              ExitCode.HERE, "This device could not store its state.", cause.whatToDoNext());
      case STRETCHING ->
          new Failure(
              ExitCode.HERE,
              "This device has too little free memory to use the code.",
              cause.whatToDoNext());
      case INTERRUPTED -> interrupted();
    };
  }

  static Failure of(Distrust reason) {
    return new Failure(
        ExitCode.UNTRUSTED, "The fleet cannot be trusted (" + reason + ").", reason.whatToDoNext());
  }

  /** Another library's words, shortened to one line. */
  static String sentence(@Nullable String message) {
    String text = message == null || message.isBlank() ? "Something went wrong." : message.strip();
    int end = text.indexOf('\n');
    text = end < 0 ? text : text.substring(0, end);
    return text.length() > SENTENCE_MAX ? text.substring(0, SENTENCE_MAX) + "…" : text;
  }
}
