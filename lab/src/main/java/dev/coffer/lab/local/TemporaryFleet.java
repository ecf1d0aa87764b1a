package dev.coffer.lab.local;

import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A fleet in a temporary directory that leaves nothing behind, neither processes nor files, however
 * its owner ends: nodes are tethered, and a shutdown hook removes the directory. Only {@code kill
 * -9} of the owner leaves the directory.
 */
public final class TemporaryFleet implements AutoCloseable {

  private final Path home;
  private final boolean keep;
  private final Thread hook = new Thread(this::leave, "leave nothing behind");
  private volatile @Nullable LocalFleet fleet;

  private TemporaryFleet(Path home, boolean keep) {
    this.home = home;
    this.keep = keep;
  }

  /**
   * Makes the directory; nothing is founded yet.
   *
   * @param keep whether the directory stays
   */
  public static TemporaryFleet make(String name, boolean keep) throws IOException {
    TemporaryFleet made =
        new TemporaryFleet(Files.createTempDirectory("coffer-" + name + "-").toRealPath(), keep);
    Runtime.getRuntime().addShutdownHook(made.hook);
    return made;
  }

  /** The directory. */
  public Path home() {
    return home;
  }

  /** Founds a fleet there and waits until all its nodes are ready. */
  public LocalFleet found(Session session, FleetPlan plan, NodeLife life)
      throws Failure, IOException, InterruptedException {
    Founder.found(session, home, plan);
    LocalFleet founded = LocalFleet.open(home, session);
    fleet = founded;
    founded.start(life);
    founded.awaitReady(founded.size(), LocalFleet.READY_TIMEOUT);
    return founded;
  }

  @Override
  public void close() {
    leave();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending, so the hook runs: a second time, which finds nothing to do.
      return;
    }
  }

  /** Whatever of ours was started here: other fleets' nodes, a log, witnesses, a notary. */
  private void endAll() throws IOException {
    if (!Files.isDirectory(home)) {
      return;
    }
    List<Path> remembered;
    try (Stream<Path> files = Files.walk(home)) {
      remembered = files.filter(file -> file.toString().endsWith(".pid")).toList();
    }
    for (Path file : remembered) {
      new PidFile(file)
          .running()
          .ifPresent(one -> LocalNode.family(one).forEach(ProcessHandle::destroyForcibly));
    }
  }

  private synchronized void leave() {
    LocalFleet running = fleet;
    try {
      for (int index = 1; running != null && index <= running.size(); index++) {
        running.kill(index);
      }
      endAll();
      if (!keep) {
        FileTree.remove(home);
      }
    } catch (IOException e) {
      // What is left lies in the system's directory for temporary files, which the system empties.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
