package dev.coffer.node.hsm;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How to start an HSM process.
 *
 * @param launch the program, {@code hsm-image/bin/coffer-hsm}, or any command that takes its
 *     options
 * @param home its folder
 * @param socket where it listens; a path of at most about 100 octets
 * @param startDeadline from the start to the line {@code ready}
 * @param callDeadline for each call; an HSM that misses it several times without one answer is
 *     killed and started anew
 */
public record HsmCommand(
    List<String> launch, Path home, Path socket, Duration startDeadline, Duration callDeadline) {
  public HsmCommand {
    launch = List.copyOf(launch);
  }

  /**
   * The linked image's program with the usual deadlines: 180 s to start, which a busy host may
   * need, and 15 s a call.
   */
  public static HsmCommand of(Path program, Path home, Path socket) {
    return new HsmCommand(
        List.of(program.toString()), home, socket, Duration.ofSeconds(180), Duration.ofSeconds(15));
  }

  /** The same, each call having so long. */
  public HsmCommand within(Duration call) {
    return new HsmCommand(launch, home, socket, startDeadline, call);
  }

  List<String> line() {
    List<String> line = new ArrayList<>(launch);
    line.addAll(List.of("--home", home.toString(), "--socket", socket.toString()));
    return line;
  }
}
