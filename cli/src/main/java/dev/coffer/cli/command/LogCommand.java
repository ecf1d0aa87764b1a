package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.operator.BucketDisk;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.notary.disk.DirectoryDisk;
import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.log.LogConfig;
import dev.coffer.notary.log.LogFsck;
import dev.coffer.notary.log.LogServer;
import dev.coffer.notary.log.Mirror;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.server.Servers;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer log}: the public log of bundles. */
@CommandLine.Command(
    name = "log",
    description = "The public log of bundles: serve it, check its files, keep a verified copy.",
    subcommands = {LogCommand.Serve.class, LogCommand.Fsck.class, LogCommand.Copy.class})
final class LogCommand extends CommandGroup {
  /** Where the public files of a log are. */
  private static String leaves(long count) {
    return count == 1 ? "1 leaf" : count + " leaves";
  }

  private static final class FilesOption {
    @Option(
        names = "--bucket",
        paramLabel = "s3://BUCKET/PREFIX",
        description =
            "Keep the public files in an S3 bucket instead of the directory, which then holds the rest "
                + "(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL).")
    private @Nullable String bucket;

    /** A directory with its bucket, if there is one; closes {@code directory} if it fails. */
    Disk with(Session session, Disk directory) throws Failure, OperatorFailure, IOException {
      if (bucket == null) {
        return directory;
      }
      try {
        if (!bucket.startsWith("s3://")) {
          throw new Failure(
              ExitCode.USAGE, "This is no bucket.", "Write --bucket s3://BUCKET/PREFIX.");
        }
        return new BucketDisk(directory, PlaceOptions.none().store(session, bucket, false));
      } catch (Failure e) {
        directory.close();
        throw e;
      } catch (BackupException e) {
        directory.close();
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  /** {@code coffer log serve}. */
  @CommandLine.Command(
      name = "serve",
      description =
          "Serve a log: takes bundles that operator and notary signed, and has witnesses cosign it. Stays until ended.")
  static final class Serve extends Command {
    @Mixin private ServeOptions server = new ServeOptions();

    @Option(
        names = "--create",
        description = "Found the log first. Once in its life: a second one would be two histories.")
    private boolean create;

    @Mixin private FilesOption files = new FilesOption();

    Serve(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
      LogConfig config =
          Servers.log(server.directory(), server.key(), server.policy(), server.listen());
      if (create) {
        LogServer.create(config, files.with(session(), DirectoryDisk.open(config.home())));
      }
      Disk disk = files.with(session(), DirectoryDisk.open(config.home()));
      try (LogServer served = LogServer.start(config, disk)) {
        ServeOptions.stay(session(), "The log " + config.origin(), served.port());
      }
      return ExitCode.OK;
    }
  }

  /** {@code coffer log fsck}. */
  @CommandLine.Command(
      name = "fsck",
      description = "Check every file of a log against its signed checkpoint. Changes nothing.")
  static final class Fsck extends Command {
    @Mixin private DirectoryOption directory = new DirectoryOption();

    @Mixin private PolicyOption policy = new PolicyOption();

    @Mixin private FilesOption files = new FilesOption();

    Fsck(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException {
      TrustPolicy trusted = policy.newest();
      LogFsck.Report report;
      try (Disk disk = files.with(session(), DirectoryDisk.reading(directory.path()))) {
        report = LogFsck.run(disk, trusted.log().logs().get(0).key());
      }
      report.faults().forEach(fault -> speech().result("FAULT " + fault));
      speech()
          .result(
              (report.clean() ? "Clean: " : "Not clean: ")
                  + leaves(report.size())
                  + " in "
                  + Sizes.count(report.files(), "file")
                  + ".");
      speech()
          .result(
              new JsonWriter()
                  .put("clean", report.clean())
                  .put("leaves", report.size())
                  .put("files", report.files())
                  .putTexts("faults", report.faults()));
      return report.clean() ? ExitCode.OK : ExitCode.UNTRUSTED;
    }
  }

  /** {@code coffer log mirror}. */
  @CommandLine.Command(
      name = "mirror",
      description =
          "Bring a verified copy of a log up to date; a fork is refused and kept as evidence.")
  static final class Copy extends Command {
    @Mixin private DirectoryOption directory = new DirectoryOption();

    @Mixin private PolicyOption policy = new PolicyOption();

    @Mixin private LogOption log = new LogOption();

    Copy(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException {
      TrustPolicy trusted = policy.newest();
      try (Fetch fetch = new Fetch(Duration.ofSeconds(30));
          Disk disk = DirectoryDisk.open(directory.path())) {
        Checkpoint copied = new Mirror(disk, trusted.log()).update(log.open(fetch, trusted));
        speech().result("Copied and verified " + leaves(copied.size()) + ".");
        speech()
            .result(new JsonWriter().put("leaves", copied.size()).put("root", copied.root().hex()));
        return ExitCode.OK;
      } catch (Refused e) {
        throw new Failure(
            ExitCode.UNTRUSTED,
            "The log is not what it should be: " + e.what() + ".",
            "Keep "
                + directory.path().resolve("evidence")
                + ", if it is there, and tell everyone.");
      }
    }
  }
}
