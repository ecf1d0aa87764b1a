package dev.coffer.lab.command;

import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.vault.Deployment;
import dev.coffer.cli.vault.LoginSource;
import dev.coffer.cli.vault.NodeHealth;
import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.lab.local.LocalFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;

/** A vault on this machine: its development issuer signs logins, its processes can be looked at. */
public final class LocalDeployment implements Deployment {
  @Override
  public LoginSource logins(Session session, Path home, String account)
      throws Failure, IOException {
    Path keys = home.resolve("issuer");
    return Files.isDirectory(keys)
        ? DevelopmentIssuer.open(keys, session.clock()).logins(account)
        : Deployment.super.logins(session, home, account);
  }

  @Override
  public List<NodeHealth> nodes(Session session, VaultHome.Member fleet)
      throws Failure, IOException {
    return LocalFleet.open(fleet.home(), session).health();
  }

  /** Ours first: they are what a newcomer needs. */
  @Override
  public void extend(CommandLine tree, Session session) {
    List<CommandLine> others = List.copyOf(new LinkedHashSet<>(tree.getSubcommands().values()));
    others.forEach(other -> tree.getCommandSpec().removeSubcommand(other.getCommandName()));
    tree.addSubcommand(new DemoCommand(session))
        .addSubcommand(new UpCommand(session))
        .addSubcommand(new DownCommand(session));
    others.forEach(other -> tree.addSubcommand(other.getCommandName(), other));
    tree.addSubcommand(new BenchCommand(session))
        .addSubcommand(new CrowdCommand(session))
        .addSubcommand(new FloodCommand(session))
        .addSubcommand(new TortureCommand(session))
        .addSubcommand(new RehearseCommand(session));
    CommandLine fleet = group(tree, "fleet");
    fleet
        .getCommandSpec()
        .usageMessage()
        .description(
            "Add a fleet, move users to it, retire the old one; no app needs an update. Plan what a"
                + " fleet tolerates.");
    fleet
        .addSubcommand(new FleetCommands.Add(session))
        .addSubcommand(new FleetCommands.Retire(session))
        .addSubcommand(new FleetCommands.Retired(session))
        .addSubcommand(new FleetCommands.Revoke(session));
    group(tree, "bundle").addSubcommand(new FleetCommands.Issue(session));
  }

  private static CommandLine group(CommandLine tree, String name) {
    return Objects.requireNonNull(tree.getSubcommands().get(name), name);
  }
}
