package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.s3.S3Credentials;
import dev.coffer.backup.s3.S3Settings;
import dev.coffer.backup.s3.S3Store;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where the encrypted backups lie. */
final class RepositoryOption {
  private static final String NOTE = "repository";
  private static final Pattern BUCKET = Pattern.compile("s3://([^/]+)(?:/(.*[^/]))?/?");

  /** Two letters or more, so that a drive of Windows is a folder. */
  private static final Pattern ALMOST_AN_ADDRESS =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:(?!//).*", Pattern.DOTALL);

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = {"-r", "--repository"},
      paramLabel = "PLACE",
      description =
          "Where the encrypted backups lie: a folder, or s3://BUCKET/PREFIX. Remembered by the device "
              + "(COFFER_REPOSITORY; otherwise backups in the fleet's directory).")
  private @Nullable String place;

  /** The place: what was given, what the device remembers, or a folder beside the fleet. */
  String place(Path home, Device device) throws Failure, IOException {
    if (place != null) {
      return named(place);
    }
    return device
        .note(NOTE)
        .orElseGet(
            () -> home.resolve("backups").resolve(device.directory().getFileName()).toString());
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
          "Give --repository a folder or s3://BUCKET/PREFIX, or leave it out; is a shell variable unset?");
    }
    if (ALMOST_AN_ADDRESS.matcher(place).matches()) {
      throw new Failure(
          ExitCode.USAGE,
          "This is neither a bucket's address nor clearly a folder.",
          "Write s3://BUCKET/PREFIX; for a folder with a colon in its name write ./ before it.");
    }
  }

  /**
   * Whether the device was backed up to {@code place} before, and nobody has named it on this
   * command line: then it must be there. Making it anew on an empty mount point would look like a
   * backup, and hide that the disk with all the others is missing.
   */
  boolean mustExist(Device device, String place) throws IOException {
    boolean named =
        command != null && command.commandLine().getParseResult().hasMatchedOption("--repository");
    return !named && isRemembered(device, place);
  }

  /** Whether the device was backed up to {@code place} last. */
  static boolean isRemembered(Device device, String place) throws IOException {
    return device.note(NOTE).filter(place::equals).isPresent();
  }

  /** Remembers the place of a backup that went well. */
  static void remember(Device device, String place) throws IOException {
    device.note(NOTE, place);
  }

  /**
   * The store at a place. A bucket's access key, region and endpoint come from the environment
   * variables that all S3 programs read.
   */
  static ObjectStore store(Session session, String place) throws Failure, BackupException {
    if (!place.contains("://")) {
      return FolderStore.at(Path.of(place));
    }
    Matcher bucket = BUCKET.matcher(place);
    if (!bucket.matches()) {
      throw new Failure(
          ExitCode.USAGE,
          "This kind of backup place is not known.",
          "Give a folder or s3://BUCKET/PREFIX with --repository.");
    }
    Map<String, String> environment = session.environment();
    String id = environment.getOrDefault("AWS_ACCESS_KEY_ID", "");
    String secret = environment.getOrDefault("AWS_SECRET_ACCESS_KEY", "");
    if (id.isEmpty() || secret.isEmpty()) {
      throw new Failure(
          ExitCode.HERE,
          "There is no access key for the bucket.",
          "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL unless the bucket is at AWS.");
    }
    String region = environment.getOrDefault("AWS_REGION", "us-east-1");
    Optional<String> endpoint = Optional.ofNullable(environment.get("AWS_ENDPOINT_URL"));
    try {
      S3Settings settings =
          new S3Settings(
              URI.create(endpoint.orElse("https://s3." + region + ".amazonaws.com")),
              region,
              bucket.group(1),
              bucket.group(2) == null ? "" : bucket.group(2),
              endpoint.isPresent());
      SecretBytes key = SecretBytes.wrap(secret.getBytes(StandardCharsets.US_ASCII));
      S3Credentials credentials =
          S3Credentials.of(id, key, Optional.ofNullable(environment.get("AWS_SESSION_TOKEN")));
      return S3Store.at(settings, credentials, session.clock());
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE,
          "The bucket cannot be used: " + ErrorMessages.sentence(e.getMessage()) + ".",
          "Mend --repository or the AWS_ variables.");
    }
  }
}
