package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.ThrottledStore;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.config.Defaults;
import dev.coffer.cli.device.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where the encrypted backups lie. */
final class RepositoryOption {
  private static final long KIB_MAX = 1 << 30;
  private static final String NOTE = "repository";

  /** Two letters or more, so that a drive of Windows is a folder. */
  private static final Pattern ALMOST_AN_ADDRESS =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:(?!//).*", Pattern.DOTALL);

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = {"-r", "--repository"},
      paramLabel = "PLACE",
      description =
          "Where the encrypted backups lie: "
              + PlaceOptions.KINDS
              + ". Remembered by the device (COFFER_REPOSITORY; otherwise backups in the fleet's directory).")
  private @Nullable String place;

  @Option(
      names = "--limit-upload",
      paramLabel = "KIB",
      defaultValue = "0",
      description = "KiB a second that go to a bucket or server, in the mean (default: no limit).")
  private long upload;

  @Option(
      names = "--limit-download",
      paramLabel = "KIB",
      defaultValue = "0",
      description = "KiB a second that come from there, in the mean (default: no limit).")
  private long download;

  @Mixin private final PlaceOptions options = new PlaceOptions();

  /**
   * The place: what was given, what the device remembers, or a folder beside the fleet.
   *
   * @param others that the command uses too; options that are of use nowhere are refused
   */
  String place(Path home, Device device, String... others) throws Failure, IOException {
    String chosen =
        place != null
            ? named(place)
            : device
                .note(NOTE)
                .orElseGet(() ->
                    home.resolve("backups").resolve(device.directory().getFileName()).toString());
    List<String> all = new ArrayList<>(List.of(others));
    all.add(chosen);
    PlaceOptions.check(this::isGiven, all);
    return chosen;
  }

  /** Whether the option is on this command line: a setting is no decision of this moment. */
  private boolean isGiven(String option) {
    return command != null && command.commandLine().getParseResult().hasMatchedOption(option);
  }

  /** A place as somebody typed it, for later: a folder's name absolute. */
  static String named(String place) throws Failure {
    checkSpelling(place);
    return place.contains("://") ? place : Path.of(place).toAbsolutePath().normalize().toString();
  }

  /** A typing error must not become a folder of that name. */
  private static void checkSpelling(String place) throws Failure {
    if (place.isEmpty()) {
      throw new Failure(
          ExitCode.USAGE,
          "The repository's name is empty.",
          "Give --repository a place, or leave it out; is a shell variable unset?");
    }
    if (ALMOST_AN_ADDRESS.matcher(place).matches()) {
      throw new Failure(
          ExitCode.USAGE,
          "This is neither an address nor clearly a folder.",
          "Write "
              + PlaceOptions.KINDS
              + "; for a folder with a colon in its name write ./ before it.");
    }
  }

  /**
   * Whether the device was backed up to {@code place} before, and nobody has named it on this
   * command line: then it must be there. Making it anew on an empty mount point would look like a
   * backup, and hide that the disk with all the others is missing.
   */
  boolean mustExist(Device device, String place) throws IOException {
    return !isGiven("--repository") && isRemembered(device, place);
  }

  /** Whether the device was backed up to {@code place} last. */
  static boolean isRemembered(Device device, String place) throws IOException {
    return device.note(NOTE).filter(place::equals).isPresent();
  }

  /** Remembers the place of a backup that went well. */
  static void remember(Device device, String place) throws IOException {
    device.note(NOTE, place);
  }

  /** The repository's store at {@code place}, as fast as these options allow. */
  ObjectStore limited(Session session, String place) throws Failure, BackupException {
    return limited(session, place, options.store(session, place, isLoginFor(place)));
  }

  private boolean isLoginFor(String place) throws Failure {
    return options.isLoginFor(
        place,
        options.isLoginGiven(this::isGiven),
        command == null ? Optional.empty() : Defaults.setting(command, "--repository"));
  }

  /** The same of another place that the command uses, whose repository is elsewhere. */
  ObjectStore beside(Session session, String place, String repository)
      throws Failure, BackupException {
    return limited(
        session,
        place,
        options.beside(
            session,
            place,
            repository,
            isLoginFor(repository),
            options.isLoginGiven(this::isGiven)));
  }

  private ObjectStore limited(Session session, String place, ObjectStore store) throws Failure {
    if (upload < 0 || download < 0 || upload > KIB_MAX || download > KIB_MAX) {
      throw new Failure(
          ExitCode.USAGE, "These limits make no sense.", "Give numbers of KiB a second from 0 on.");
    }
    if (!place.contains("://") || upload == 0 && download == 0) {
      return store;
    }
    return new ThrottledStore(
        store, upload << 10, download << 10, session.pause()::nanoTime, session.pause()::await);
  }

  /**
   * Limits and ways as another command line has them, as far as they are of use there. A login that
   * is a setting is for the repository alone, and does not become one for others by being written.
   */
  List<String> words(String repository, List<String> others) throws Failure {
    List<String> places = new ArrayList<>(others);
    places.add(repository);
    List<String> ofLogin = isLoginFor(repository) ? List.of(repository) : List.of();
    Predicate<String> wanted =
        name ->
            isGiven(name)
                || PlaceOptions.isOfUse(name, name.startsWith("--webdav") ? ofLogin : places);
    List<String> words = new ArrayList<>(options.words(wanted));
    if (upload > 0 && wanted.test("--limit-upload")) {
      words.addAll(List.of("--limit-upload", Long.toString(upload)));
    }
    if (download > 0 && wanted.test("--limit-download")) {
      words.addAll(List.of("--limit-download", Long.toString(download)));
    }
    return words;
  }
}
