package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.folder.FolderStore;
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
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a place of objects is reached; folders need none of it. */
final class PlaceOptions {
  /** Every kind of place, as sentences name them. */
  static final String KINDS =
      "a folder, s3://BUCKET/PREFIX, sftp://USER@HOST/PATH or https://HOST/PATH (WebDAV)";

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

  /** As nobody gave any. */
  static PlaceOptions none() {
    return new PlaceOptions();
  }

  /** The same as another command line has them. */
  List<String> words() {
    Map<String, @Nullable Object> all = new java.util.LinkedHashMap<>();
    all.put("--cacert", absolute(authorities));
    all.put("--proxy", proxy);
    all.put("--storage-class", storageClass);
    all.put("--ssh-key", absolute(sshKey));
    all.put("--webdav-user", webDavUser);
    all.put("--webdav-password-file", absolute(webDavPassword));
    List<String> words = new ArrayList<>();
    all.forEach((name, value) -> {
      if (value != null) {
        words.addAll(List.of(name, value.toString()));
      }
    });
    return words;
  }

  private static @Nullable Path absolute(@Nullable Path file) {
    return file == null ? null : file.toAbsolutePath().normalize();
  }

  /** The store at a place. */
  ObjectStore store(Session session, String place) throws Failure, BackupException {
    if (!place.contains("://")) {
      return FolderStore.at(Path.of(place));
    }
    String scheme = place.substring(0, place.indexOf(':')).toLowerCase(Locale.ROOT);
    try {
      return switch (scheme) {
        case "s3" -> bucket(session, place);
        case "sftp" -> sftp(session, place);
        case "http", "https" -> webDav(session, place);
        default -> throw unknown();
      };
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE,
          "The place cannot be used: " + ErrorMessages.sentence(e.getMessage()) + ".",
          "Mend the address, or the settings that go with it.");
    }
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
    Optional<Path> trusted = Optional.ofNullable(authorities).or(aws::authorities);
    return S3Store.at(
        settings,
        aws.credentials(),
        session.clock(),
        WebWays.of(session.environment(), Optional.ofNullable(proxy), trusted));
  }

  private ObjectStore sftp(Session session, String place) {
    Optional<Path> agent =
        Optional.ofNullable(session.environment().get("SSH_AUTH_SOCK"))
            .filter(socket -> !socket.isEmpty())
            .map(Path::of);
    SftpSettings settings =
        SftpSettings.of(
            address(place), session.userHome().resolve(".ssh"), Optional.ofNullable(sshKey), agent);
    return SftpStore.at(settings, session.randomness());
  }

  private ObjectStore webDav(Session session, String place) throws Failure {
    Optional<WebDavLogin> login = Optional.empty();
    if (webDavUser != null) {
      login = Optional.of(WebDavLogin.of(webDavUser, password()));
    } else if (webDavPassword != null) {
      throw new Failure(
          ExitCode.USAGE, "There is a password, and no user.", "Name the user with --webdav-user.");
    }
    return WebDavStore.at(
        address(place),
        login,
        session.randomness(),
        WebWays.of(
            session.environment(), Optional.ofNullable(proxy), Optional.ofNullable(authorities)));
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
