package dev.coffer.cli.vault;

import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.VaultHome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/**
 * What commands cannot know of a vault by themselves, as it is for one that somebody else runs. A
 * vault on this machine answers more of it, and has more commands.
 */
public interface Deployment {
  /** A vault that somebody else runs. */
  Deployment ELSEWHERE = new Deployment() {};

  /**
   * Who logs an account in where the command line names no program for that.
   *
   * @param home of the vault
   */
  default LoginSource logins(Session session, Path home, String account)
      throws Failure, IOException {
    // Where there is no fleet, nobody needs to log in.
    FleetAddress.read(home);
    throw new NoLogin(home);
  }

  /** How every node of a fleet looks from here. */
  default List<NodeHealth> nodes(Session session, VaultHome.Member fleet)
      throws Failure, IOException {
    FleetAddress address = FleetAddress.read(fleet.home());
    ReadinessProbe probe = new ReadinessProbe(address);
    List<NodeHealth> all = new ArrayList<>();
    for (int index = 1; index <= address.nodes().size(); index++) {
      ReadinessProbe.Readiness said = probe.ask(index);
      all.add(
          new NodeHealth(
              index,
              said.reached(),
              said.ready(),
              said.why(),
              fleet.fleet().hsm(index).model(),
              said.certificateEnds(),
              0,
              0));
    }
    return all;
  }

  /** Adds commands of its own. */
  default void extend(CommandLine tree, Session session) {}
}
