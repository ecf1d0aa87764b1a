package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.RestoreReport;
import dev.coffer.backup.Snapshot;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer dump}: one file of a backup, or a directory as an archive, on standard output. */
@CommandLine.Command(
    name = "dump",
    description =
        "Write the content of one file of a backup to standard output, verified; or with --tar a directory.")
final class DumpCommand extends RepositoryCommand {
  private static final int BUFFER = 64 << 10;

  @Mixin private SnapshotOption which = new SnapshotOption();

  @Option(
      names = "--tar",
      description =
          "A tar archive (POSIX pax) of PATH with all that is in it, or of the whole backup. What is damaged is left"
              + " out and named.")
  private boolean tar;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..1",
      description = "The file or directory below the directory, as coffer ls shows it.")
  private String path = "";

  DumpCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws Failure, IOException, BackupException {
    if (path.isEmpty() && !tar) {
      throw new Failure(
          ExitCode.USAGE,
          "Which file is not said.",
          "Name it as coffer ls shows it, or add --tar for an archive of all.");
    }
    if (tar && session().terminal().interactive()) {
      throw new Failure(
          ExitCode.USAGE,
          "An archive does not belong on a terminal.",
          "Write it to a file, > backup.tar, or to a program, | tar -x.");
    }
    List<Snapshot> snapshots = repository.snapshots().snapshots();
    Snapshot snapshot = which.chosen(snapshots);
    which.warnOfOthers(speech(), snapshots, snapshot);
    try (OutputStream out =
        new BufferedOutputStream(new Checked(session().terminal().out()), BUFFER)) {
      if (tar) {
        return say(repository.writeTar(snapshot.id(), wanted(snapshot), out));
      }
      repository.write(snapshot.id(), path, out);
    }
    return ExitCode.OK;
  }

  private Predicate<String> wanted(Snapshot snapshot) throws Failure {
    String directory = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    Predicate<String> within = which.paths(snapshot);
    return directory.isEmpty() || directory.equals(".")
        ? within
        : within.and(one -> one.equals(directory) || one.startsWith(directory + "/"));
  }

  private ExitCode say(RestoreReport report) {
    Output speech = speech();
    report.notices().forEach(notice -> speech.warn(notice.toString()));
    if (!report.omitted().isEmpty()) {
      speech.warn("Not in the backup, or not as it was:");
      name(speech, report.omitted());
    }
    if (!report.problems().isEmpty()) {
      speech.warn("The rest is in the archive, but these are not:");
      name(speech, report.problems());
    }
    return report.partial() ? ExitCode.PARTIAL : ExitCode.OK;
  }

  /** Ends the work where nobody takes its result any more: a full disk, a closed pipe. */
  private static final class Checked extends OutputStream {
    private final PrintStream out;

    Checked(PrintStream out) {
      this.out = out;
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int from, int size) throws IOException {
      out.write(octets, from, size);
      if (out.checkError()) {
        throw new IOException("Standard output takes no more: what was asked for is not complete.");
      }
    }
  }
}
