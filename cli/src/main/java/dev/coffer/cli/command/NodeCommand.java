package dev.coffer.cli.command;

import picocli.CommandLine;

/** {@code coffer node}: what an operator does with one node. */
@CommandLine.Command(
    name = "node",
    description = "For operators: look after one node.",
    subcommands = {
      NodeCheckCommand.class,
      NodeRepairCommand.class,
      NodeRebuildCommand.class,
      NodeCertificateCommand.class
    })
final class NodeCommand extends CommandGroup {}
