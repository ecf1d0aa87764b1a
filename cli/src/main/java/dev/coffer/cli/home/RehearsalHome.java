package dev.coffer.cli.home;

import dev.coffer.cli.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Where a rehearsed ceremony keeps what. The newest one is found by a link in the user's home, so
 * that the commands that look at it need no word of where it was.
 *
 * @param directory absolute
 */
public record RehearsalHome(Path directory) {
  private static final String NEWEST = ".coffer-rehearsal";

  /** What went from site to site, and all that the ceremony left. */
  public Path exchange() {
    return directory.resolve("exchange");
  }

  /** Everything of one site: the home of its fleet there. */
  public Path site(int number) {
    return directory.resolve("site-" + number);
  }

  /** The keys of those who take part. */
  public Path people() {
    return directory.resolve("people");
  }

  /** The key that plays the operator's, who signs the evidence. */
  public Path operatorKey() {
    return people().resolve("operator.key");
  }

  /** Its public half. */
  public Path operatorPublicKey() {
    return people().resolve("operator.pem");
  }

  /** The newest of this user's, if it is still there. */
  public static Optional<RehearsalHome> newest(Session session) {
    Path link = session.userHome().resolve(NEWEST);
    try {
      return Files.isSymbolicLink(link)
          ? Optional.of(new RehearsalHome(link.toRealPath()))
          : Optional.empty();
    } catch (IOException e) {
      // Temporary directories go away.
      return Optional.empty();
    }
  }

  /**
   * From now on this one is the newest.
   *
   * @throws IOException if no link can be made, or something that is none has its name
   */
  public void markNewest(Session session) throws IOException {
    Path link = session.userHome().resolve(NEWEST);
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(link)) {
      throw new IOException(link + " is no link");
    }
    Path draft = link.resolveSibling(NEWEST + "-" + ProcessHandle.current().pid());
    Files.deleteIfExists(draft);
    Files.createSymbolicLink(draft, directory);
    Files.move(draft, link, StandardCopyOption.ATOMIC_MOVE);
  }
}
