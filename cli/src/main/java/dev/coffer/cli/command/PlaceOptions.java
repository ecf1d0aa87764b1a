package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.s3.S3Credentials;
import dev.coffer.backup.s3.S3Settings;
import dev.coffer.backup.s3.S3Store;
import dev.coffer.backup.sftp.SftpSettings;
import dev.coffer.backup.sftp.SftpStore;
import dev.coffer.backup.webdav.WebDavLogin;
import dev.coffer.backup.webdav.WebDavStore;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.config.AwsSettings;
import dev.coffer.cli.config.WebWays;
import dev.coffer.files.PrivateFile;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a place of objects is reached; folders need none of it. */
final class PlaceOptions {
  /** Every kind of place, as sentences name them. */
  static final String KINDS =
      "a folder, s3://BUCKET/PREFIX, sftp://USER@HOST/PATH or https://HOST/PATH (WebDAV)";

  /** Where options are of use; a limit is said with the repository, and is for these places too. */
  private static final List<Use> USES =
      List.of(
          new Use("--cacert", Kind.BUCKET, Kind.WEBDAV),
          new Use("--proxy", Kind.BUCKET, Kind.WEBDAV),
          new Use("--storage-class", Kind.BUCKET),
          new Use("--ssh-key", Kind.SFTP),
          new Use("--webdav-user", Kind.WEBDAV),
          new Use("--webdav-password-file", Kind.WEBDAV),
          new Use("--limit-upload", Kind.BUCKET, Kind.SFTP, Kind.WEBDAV),
          new Use("--limit-download", Kind.BUCKET, Kind.SFTP, Kind.WEBDAV));

  private static final int PASSWORD_MAX = 4096;
  private static final Pattern BUCKET = Pattern.compile("s3://([^/]+)(?:/(.*[^/]))?/?");

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      description =
          "Certificates in PEM that alone vouch for a server (AWS_CA_BUNDLE for s3://, SSL_CERT_FILE).")
  private @Nullable Path authorities;

  @Option(
      names = "--proxy",
      paramLabel = "URL",
      description = "The proxy to servers, http://HOST:PORT (HTTPS_PROXY, with NO_PROXY).")
  private @Nullable String proxy;

  @Option(
      names = "--storage-class",
      paramLabel = "CLASS",
      description =
          "What class objects in a bucket get, such as STANDARD_IA (default: the bucket's).")
  private @Nullable String storageClass;

  @Option(
      names = "--ssh-key",
      paramLabel = "FILE",
      description =
          "The private key for sftp://, without passphrase (default: the SSH agent's, else those in ~/.ssh).")
  private @Nullable Path sshKey;

  @Option(
      names = "--webdav-user",
      paramLabel = "NAME",
      description = "Who asks at https://HOST/PATH (default: nobody).")
  private @Nullable String webDavUser;

  @Option(
      names = "--webdav-password-file",
      paramLabel = "FILE",
      description = "The file with that user's password, on one line.")
  private @Nullable Path webDavPassword;

  private enum Kind {
    FOLDER,
    BUCKET,
    SFTP,
    WEBDAV,
    UNKNOWN;

    static Kind of(String place) {
      int end = place.indexOf("://");
      return switch (end < 0 ? "" : place.substring(0, end).toLowerCase(Locale.ROOT)) {
        case "" -> end < 0 ? FOLDER : UNKNOWN;
        case "s3" -> BUCKET;
        case "sftp" -> SFTP;
        case "http", "https" -> WEBDAV;
        default -> UNKNOWN;
      };
    }

    /** As a sentence names it. */
    String word() {
      return switch (this) {
        case FOLDER, UNKNOWN -> "a folder";
        case BUCKET -> "s3://";
        case SFTP -> "sftp://";
        case WEBDAV -> "https://";
      };
    }
  }

  /** Where an option is of use. */
  private record Use(String option, List<Kind> kinds) {
    Use(String option, Kind... kinds) {
      this(option, List.of(kinds));
    }

    boolean at(List<String> places) {
      return places.stream().map(Kind::of).anyMatch(kinds::contains);
    }
  }

  /** Whether one of these places has a use for the option. */
  static boolean isOfUse(String option, List<String> places) {
    return USES.stream().anyMatch(use -> use.option().equals(option) && use.at(places));
  }

  /**
   * Refuses what somebody wrote on the command line and no place would heed. A setting may be for
   * another command.
   */
  static void check(Predicate<String> given, List<String> places) throws Failure {
    for (Use use : USES) {
      if (given.test(use.option())
          && !use.at(places)
          && places.stream().noneMatch(place -> Kind.of(place) == Kind.UNKNOWN)) {
        throw new Failure(
            ExitCode.USAGE,
            use.option()
                + " is for places that begin with "
                + String.join(" or ", use.kinds().stream().map(Kind::word).toList())
                + ", and there is none here.",
            "Leave it out, or name such a place.");
      }
    }
  }

  /** As nobody gave any. */
  static PlaceOptions none() {
    return new PlaceOptions();
  }

  /** The same as another command line has them, as far as they are wanted there. */
  List<String> words(Predicate<String> wanted) {
    Map<String, @Nullable Object> all = new java.util.LinkedHashMap<>();
    all.put("--cacert", absolute(authorities));
    all.put("--proxy", proxy);
    all.put("--storage-class", storageClass);
    all.put("--ssh-key", absolute(sshKey));
    all.put("--webdav-user", webDavUser);
    all.put("--webdav-password-file", absolute(webDavPassword));
    List<String> words = new ArrayList<>();
    all.forEach((name, value) -> {
      if (value != null && wanted.test(name)) {
        words.addAll(List.of(name, value.toString()));
      }
    });
    return words;
  }

  private static @Nullable Path absolute(@Nullable Path file) {
    return file == null ? null : file.toAbsolutePath().normalize();
  }

  /**
   * The store at another place than the repository, such as an inbox. A login is the repository's,
   * and goes to no other server; where that wants none, one of this command line is for this place.
   *
   * @param login whether it is for the repository
   * @param given whether it is of the command line
   */
  ObjectStore beside(Session session, String place, String repository, boolean login, boolean given)
      throws Failure, BackupException {
    boolean wanted = Kind.of(repository) == Kind.WEBDAV;
    return store(session, place, wanted ? login && isSameServer(place, repository) : given);
  }

  /** Whether all of the login, if there is one, is of the command line. */
  boolean isLoginGiven(Predicate<String> given) {
    return (webDavUser == null || given.test("--webdav-user"))
        && (webDavPassword == null || given.test("--webdav-password-file"));
  }

  /**
   * Whether the login is for {@code place}. One of the command line is. A setting is for the server
   * that settings name, and goes to no other that somebody types, or is made to type.
   *
   * @param given whether it is of the command line
   * @param named the place that settings name
   */
  boolean isLoginFor(String place, boolean given, Optional<String> named) throws Failure {
    if (given || Kind.of(place) != Kind.WEBDAV) {
      return given;
    }
    if (named.isEmpty()) {
      throw new Failure(
          ExitCode.USAGE,
          "The settings hold a login for WebDAV, and do not say for which server.",
          "Add the place to them (repository=https://HOST/PATH), or give --webdav-user and --webdav-password-file"
              + " on the command line.");
    }
    return isSameServer(place, named.get());
  }

  /**
   * The store at a place.
   *
   * @param login whether the login is for it
   */
  ObjectStore store(Session session, String place, boolean login) throws Failure, BackupException {
    try {
      return switch (Kind.of(place)) {
        case FOLDER -> FolderStore.at(Path.of(place));
        case BUCKET -> bucket(session, place);
        case SFTP -> sftp(session, place);
        case WEBDAV -> webDav(session, place, login);
        case UNKNOWN -> throw unknown();
      };
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE,
          "The place cannot be used: " + ErrorMessages.sentence(e.getMessage()) + ".",
          "Mend the address, or the settings that go with it.");
    }
  }

  /** Scheme, host and port are the same; what is no address is none of ours. */
  private static boolean isSameServer(String one, String other) {
    try {
      return server(address(one)).equals(server(address(other)));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String server(URI address) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    int usual = scheme.equals("https") ? 443 : 80;
    int port = address.getPort() < 0 ? usual : address.getPort();
    return scheme + "://" + String.valueOf(address.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
  }

  private static Failure unknown() {
    return new Failure(
        ExitCode.USAGE, "This kind of backup place is not known.", "Give " + KINDS + ".");
  }

  /** Access key, region and endpoint come from where all S3 programs have them. */
  private ObjectStore bucket(Session session, String place) throws Failure {
    Matcher bucket = BUCKET.matcher(place);
    if (!bucket.matches()) {
      throw unknown();
    }
    AwsSettings aws = AwsSettings.of(session.environment(), session.userHome());
    S3Settings settings =
        aws.bucket(
            bucket.group(1),
            bucket.group(2) == null ? "" : bucket.group(2),
            Optional.ofNullable(storageClass));
    return S3Store.at(
        settings,
        aws.credentials(),
        () -> renewed(session),
        session.clock(),
        ways(session, settings.server(), Optional.ofNullable(authorities).or(aws::authorities)));
  }

  /** A tool may have put others into the files meanwhile. */
  private static Optional<S3Credentials> renewed(Session session) {
    try {
      return Optional.of(AwsSettings.of(session.environment(), session.userHome()).credentials());
    } catch (Failure | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private HttpClient.Builder ways(Session session, URI server, Optional<Path> trusted)
      throws Failure {
    return WebWays.of(session.environment(), server, Optional.ofNullable(proxy), trusted);
  }

  private ObjectStore sftp(Session session, String place) throws Failure {
    Optional<Path> agent =
        Optional.ofNullable(session.environment().get("SSH_AUTH_SOCK"))
            .filter(socket -> !socket.isEmpty())
            .map(Path::of);
    SftpSettings settings =
        SftpSettings.of(
            address(place), session.userHome().resolve(".ssh"), Optional.ofNullable(sshKey), agent);
    if (sshKey != null) {
      checkPrivate(sshKey);
    }
    return SftpStore.at(settings, session.randomness());
  }

  private ObjectStore webDav(Session session, String place, boolean wanted) throws Failure {
    Optional<WebDavLogin> login = Optional.empty();
    if (wanted && webDavUser != null) {
      login = Optional.of(WebDavLogin.of(webDavUser, password()));
    } else if (wanted && webDavPassword != null) {
      throw new Failure(
          ExitCode.USAGE, "There is a password, and no user.", "Name the user with --webdav-user.");
    }
    return WebDavStore.at(
        address(place),
        login,
        session.randomness(),
        ways(session, address(place), Optional.ofNullable(authorities)));
  }

  /** Of what is no file, such as a pipe from a keeper of passwords, others read nothing anyway. */
  private static void checkPrivate(Path file) throws Failure {
    if (Files.isRegularFile(file)) {
      try {
        PrivateFile.check(file);
      } catch (IOException e) {
        throw new Failure(
            ExitCode.HERE,
            ErrorMessages.sentence(e.getMessage()),
            "Then run the same command again.");
      }
    }
  }

  /** An address may hold blanks, as folders do. */
  private static URI address(String place) {
    return URI.create(place.replace(" ", "%20"));
  }

  private SecretBytes password() throws Failure {
    Path file = webDavPassword;
    if (file == null) {
      throw new Failure(
          ExitCode.USAGE,
          "There is a user, and no password.",
          "Name the file that it is in with --webdav-password-file.");
    }
    checkPrivate(file);
    byte[] octets = new byte[0];
    try (InputStream in = Files.newInputStream(file)) {
      octets = in.readNBytes(PASSWORD_MAX);
      int size = octets.length;
      while (size > 0 && (octets[size - 1] == '\n' || octets[size - 1] == '\r')) {
        size--;
      }
      if (size == 0 || size == PASSWORD_MAX) {
        throw new IOException("no password");
      }
      return SecretBytes.wrap(Arrays.copyOf(octets, size));
    } catch (IOException e) {
      throw new Failure(
          ExitCode.HERE,
          "The file " + file + " holds no password that can be read.",
          "Check its name and permissions.");
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }
}
