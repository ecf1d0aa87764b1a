package dev.coffer.cli.ceremony;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.run.SiteRun;
import dev.coffer.ceremony.run.Standing;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.FleetHome;
import dev.coffer.files.AtomicFile;
import dev.coffer.files.FolderLock;
import dev.coffer.node.hsm.HsmUnavailable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One site on this machine while a command works at it: its folders, its HSM, its node's files. One
 * command at a time.
 */
final class CeremonySite implements AutoCloseable {
  /** Paths of Unix sockets have about this many octets. */
  private static final int SOCKET_PATH_MAX = 100;

  private static final Path PROC = Path.of("/proc");
  private static final String FOLDER = "ceremony";
  private static final String NUMBER = "site";

  private final FolderLock lock;
  private final HsmKeeper hsm;
  private final SiteRun run;
  private final FleetHome home;
  private final int index;

  private CeremonySite(FleetHome home, int index, FolderLock lock, HsmKeeper hsm, SiteRun run) {
    this.home = home;
    this.index = index;
    this.lock = lock;
    this.hsm = hsm;
    this.run = run;
  }

  /**
   * Opens, and makes on first use, site {@code index} below {@code directory}.
   *
   * @param program the HSM's
   * @param exchange what is carried from site to site
   */
  static CeremonySite open(
      Session session,
      Plan plan,
      int index,
      Path directory,
      Path exchange,
      Path program,
      Signatures signatures)
      throws Failure, IOException {
    FleetHome home = new FleetHome(directory.toAbsolutePath().normalize());
    if (index < 1 || index > plan.sites().size()) {
      throw new Failure(
          ExitCode.USAGE, "The plan has no site " + index + ".", "Give --site 1 to n.");
    }
    Path stick = stick(home.directory(), exchange);
    int socket = home.socket(index).toString().getBytes(StandardCharsets.UTF_8).length;
    if (socket > SOCKET_PATH_MAX) {
      throw new Failure(
          ExitCode.USAGE,
          "The directory's name is too long for the socket in it.",
          "Choose one with fewer than " + (SOCKET_PATH_MAX - 20) + " octets with --home.");
    }
    Path own = AtomicFile.privateFolder(home.directory().resolve(FOLDER));
    FolderLock lock =
        FolderLock.take(own.resolve("lock"))
            .orElseThrow(() ->
                new Failure(
                    ExitCode.HERE,
                    "Another command works at this site.",
                    "Wait for it, then run this one again."));
    try {
      AtomicFile.removeDrafts(own);
      checkNumber(own.resolve(NUMBER), index);
      HsmKeeper hsm =
          new HsmKeeper(program, home.hsm(index), home.socket(index), own, PROC, session.pause());
      SiteNode node = new SiteNode(home, index, program, session.clock());
      SiteRun run =
          new SiteRun(
              plan,
              index,
              new DirectoryFolder(own),
              new DirectoryFolder(stick),
              hsm,
              node,
              signatures,
              session.clock());
      return new CeremonySite(home, index, lock, hsm, run);
    } catch (Failure | IOException e) {
      lock.close();
      throw e;
    }
  }

  /** Where {@code exchange} really is: not inside this site's own directory, by whatever name. */
  private static Path stick(Path directory, Path exchange) throws Failure, IOException {
    if (Files.isDirectory(exchange)) {
      Path stick = exchange.toRealPath();
      if (!Files.exists(directory) || !stick.startsWith(directory.toRealPath())) {
        return stick;
      }
    }
    throw new Failure(
        ExitCode.USAGE,
        exchange + " is no directory, or inside this site's own.",
        "Mount the stick, and name a directory on it with --exchange.");
  }

  /** A number that was mistyped once would be two sites on one machine. */
  private static void checkNumber(Path file, int index) throws Failure, IOException {
    if (!Files.exists(file)) {
      byte[] text = Integer.toString(index).getBytes(StandardCharsets.US_ASCII);
      AtomicFile.replace(file, text, AtomicFile.Access.OWNER);
    }
    String before = Files.readString(file, StandardCharsets.US_ASCII);
    if (!before.equals(Integer.toString(index))) {
      throw new Failure(
          ExitCode.USAGE,
          "This directory is site " + before + "'s.",
          "Give --site " + before + ", or another --home.");
    }
  }

  /** Goes on as far as it can; see {@link SiteRun#advance}. Ends the HSM once it is its node's. */
  Standing advance() throws Failure, IOException {
    try {
      // The HSM of a node that may run already is not ours any more.
      Standing standing =
          Files.exists(home.config(index))
              ? new Standing.Founded(FleetAddress.read(home.directory()).pin())
              : run.advance();
      if (standing instanceof Standing.Founded) {
        hsm.end();
      }
      return standing;
    } catch (CeremonyRefused e) {
      throw CeremonyCommand.failure(e);
    } catch (HsmUnavailable e) {
      throw new Failure(
          ExitCode.TRY_AGAIN,
          "The HSM of this site went away or was silent.",
          "Run the command again; it says whether the ceremony can go on.");
    }
  }

  void confirm(String words) throws Failure, IOException {
    try {
      run.confirm(words);
    } catch (CeremonyRefused e) {
      throw CeremonyCommand.failure(e);
    }
  }

  void except(String what) throws Failure, IOException {
    try {
      run.except(what);
    } catch (CeremonyRefused e) {
      throw CeremonyCommand.failure(e);
    }
  }

  /** Ends the HSM, whatever comes of the ceremony. */
  void abandon() throws IOException {
    hsm.end();
  }

  /** The HSM runs on. */
  @Override
  public void close() throws IOException {
    hsm.close();
    lock.close();
  }
}
