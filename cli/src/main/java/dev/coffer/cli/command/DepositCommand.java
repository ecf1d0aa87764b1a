package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.DepositKey;
import dev.coffer.backup.deposit.Depositor;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.config.Defaults;
import dev.coffer.cli.terminal.Output;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.files.AtomicFile;
import dev.coffer.files.PrivateFile;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code coffer deposit}: others add to a backup while its device is off, and read nothing. */
@CommandLine.Command(
    name = "deposit",
    description = "Let others add to your backup while this device is off, or add to another's.",
    subcommands = {
      DepositCommand.Open.class,
      DepositCommand.Close.class,
      DepositCommand.Writer.class,
      DepositCommand.Put.class
    })
final class DepositCommand extends CommandGroup {
  private static final String WRITER_KEY = "writer.key";

  /** {@code coffer deposit open}, by the device whose backup it is. */
  @CommandLine.Command(
      name = "open",
      description =
          "Open this device's deposit box: backups of DIR bring in what its writers put there. Prints its address.")
  static final class Open extends UserCommand {
    @Option(
        names = "--at",
        required = true,
        paramLabel = "PLACE",
        description = "Where deposits are put, not a repository: " + PlaceOptions.KINDS + ".")
    private String place = "";

    @Option(
        names = "--into",
        required = true,
        paramLabel = "DIR",
        description = "Where they are brought; in what is backed up, and for them alone.")
    private Path folder = Path.of("");

    @Option(
        names = "--writer",
        required = true,
        paramLabel = "KEY",
        description = "Who may write, as coffer deposit writer prints it; may be repeated.")
    private List<String> writers = List.of();

    Open(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException {
      DepositSettings settings =
          new DepositSettings(
              RepositoryOption.named(place),
              folder.toAbsolutePath().normalize(),
              DepositSettings.writers(writers));
      try (BackupSecret secret = secret();
          SecretBytes octets = secret.copy();
          DepositKey key = DepositKey.derive(octets)) {
        Files.createDirectories(settings.folder());
        settings.keep(device());
        Output speech = speech();
        speech.say("Whoever writes needs this address; it is no secret, but must come from you:");
        speech.result(key.recipient());
        speech.result(
            new JsonWriter()
                .put("box", key.recipient())
                .put("place", settings.place())
                .put("folder", settings.folder().toString())
                .putTexts("writers", writers));
        return ExitCode.OK;
      }
    }
  }

  /** {@code coffer deposit close}. */
  @CommandLine.Command(
      name = "close",
      description = "Bring in no more deposits. What was brought in, and what waits, stays.")
  static final class Close extends UserCommand {
    Close(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException {
      if (DepositSettings.of(device()).isEmpty()) {
        throw new Failure(
            ExitCode.NOT_REGISTERED,
            "This device has no deposit box.",
            "Open one with coffer deposit open.");
      }
      DepositSettings.drop(device());
      speech().result("Closed.");
      speech().result(new JsonWriter().put("closed", true));
      return ExitCode.OK;
    }
  }

  /** {@code coffer deposit writer}, by who is going to write. */
  @CommandLine.Command(
      name = "writer",
      description = "Make a writer's key in DIR, or show the public part of the one that is there.")
  static final class Writer extends Command {
    @Parameters(paramLabel = "DIR", description = "Of this writer and one box alone.")
    private Path directory = Path.of("");

    Writer(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException {
      Path file = directory.resolve(WRITER_KEY);
      if (!Files.exists(file)) {
        AtomicFile.privateFolder(directory);
        try (SecretBytes seed = SecretBytes.random(session().randomness(), Ed25519.SEED)) {
          byte[] octets = seed.copy();
          AtomicFile.create(file, octets, AtomicFile.Access.OWNER);
          Arrays.fill(octets, (byte) 0);
        }
      }
      try (SecretBytes seed = seed(directory)) {
        String writer = Ed25519.publicKey(seed).hex();
        speech().result(writer);
        speech().result(new JsonWriter().put("writer", writer));
      }
      return ExitCode.OK;
    }
  }

  private static SecretBytes seed(Path directory) throws Failure, IOException {
    Path file = directory.resolve(WRITER_KEY);
    if (!Files.exists(file)) {
      throw new Failure(
          ExitCode.HERE,
          "There is no writer in " + directory + ".",
          "Make one with coffer deposit writer, and have the box's owner name its key.");
    }
    PrivateFile.check(file);
    if (Files.size(file) == Ed25519.SEED) {
      return SecretBytes.wrap(Files.readAllBytes(file));
    }
    throw new Failure(
        ExitCode.DAMAGED,
        "The file " + file + " is damaged.",
        "Put a copy of it back, or make another writer.");
  }

  /** {@code coffer deposit put}, by a writer. */
  @CommandLine.Command(
      name = "put",
      description =
          "Put a file into another's deposit box. What cannot be sent goes with the next.")
  static final class Put extends Command {
    @Parameters(paramLabel = "FILE", description = "Up to 1 MiB; - reads standard input.")
    private Path file = Path.of("-");

    @Option(
        names = "--as",
        required = true,
        paramLabel = "DIR",
        description = "The writer: see coffer deposit writer.")
    private Path directory = Path.of("");

    @Option(
        names = "--box",
        required = true,
        paramLabel = "ADDRESS",
        description = "The box, age1…, as its owner gave it to you.")
    private String box = "";

    @Option(
        names = "--at",
        required = true,
        paramLabel = "PLACE",
        description = "Where it takes deposits: " + PlaceOptions.KINDS + ".")
    private String place = "";

    @Mixin private PlaceOptions ways = new PlaceOptions();

    @Spec private @Nullable CommandSpec command;

    Put(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException {
      String inbox = RepositoryOption.named(place);
      PlaceOptions.check(this::isGiven, List.of(inbox));
      byte[] content = content();
      try (SecretBytes seed = seed(directory)) {
        Depositor depositor =
            new Depositor(
                ways.store(session(), inbox, isLoginFor(inbox)),
                FolderStore.at(directory.resolve("sent")),
                box,
                seed,
                session().clock());
        depositor.put(content);
      } catch (BackupException e) {
        throw ErrorMessages.of(e);
      } catch (IllegalArgumentException e) {
        throw new Failure(
            ExitCode.USAGE,
            "This is no address of a deposit box.",
            "Give --box what coffer deposit open printed.");
      }
      speech().result("Deposited.");
      speech().result(new JsonWriter().put("deposited", content.length));
      return ExitCode.OK;
    }

    private boolean isGiven(String option) {
      return command != null && command.commandLine().getParseResult().hasMatchedOption(option);
    }

    private boolean isLoginFor(String inbox) throws Failure {
      return ways.isLoginFor(
          inbox,
          ways.isLoginGiven(this::isGiven),
          command == null ? Optional.empty() : Defaults.setting(command, "--at"));
    }

    /** One octet more than may be shows that it is too large. */
    private byte[] content() throws IOException {
      if (file.equals(Path.of("-"))) {
        return session().terminal().in().readNBytes(BackupLimits.DEPOSIT_MAX + 1);
      }
      try (InputStream in = Files.newInputStream(file)) {
        return in.readNBytes(BackupLimits.DEPOSIT_MAX + 1);
      }
    }
  }
}
