package dev.coffer.cli;

/** What the command's exit status means to a script. Numbers are stable. */
public enum ExitCode {
  OK(0, "done"),
  FAILED(1, "something else went wrong; the message says what"),
  USAGE(2, "the command line, a setting or a code cannot be used as given; nothing was done"),
  WRONG_CODE(3, "the recovery code was wrong; guesses are left"),
  LOCKED(4, "no guess is left: the vault has erased this account's key for good"),
  NOT_REGISTERED(5, "there is nothing to recover or restore under this name"),
  PARTIAL(
      6,
      "everything sound was restored or stored, but some files were not; their names were printed"),
  TRY_AGAIN(7, "too few nodes or HSMs answered; run the same command again, no guess is lost"),
  UNTRUSTED(8, "the fleet or the backup did not prove what it claims; nothing was sent or written"),
  LOGIN_EXPIRED(9, "the login was refused or has expired; log in again"),
  HERE(
      10,
      "this machine is in the way: full disk, port in use, wrong JDK, missing file, home in use"),
  DAMAGED(11, "the disk does not hold what was written; what, and what to do, was printed"),
  CONTRADICTORY(
      12, "parts of a node exclude each other; keep all of it until somebody has understood it"),
  DEGRADED(13, "the fleet serves, but not all of its nodes; which, why and what to do was printed"),
  SHRUNK(
      14,
      "the directory is empty or holds much less than before; no backup was made, see --allow-shrink"),
  EXPIRING(15, "a node's certificate or its authority ends in less than 30 days, or has ended"),
  INTERRUPTED(130, "stopped by Ctrl-C; run the same command again and it continues");

  private final int status;
  private final String meaning;

  ExitCode(int status, String meaning) {
    this.status = status;
    this.meaning = meaning;
  }

  /** The process exit status. */
  public int status() {
    return status;
  }

  /** One sentence for {@code coffer help}. */
  public String meaning() {
    return meaning;
  }
}
