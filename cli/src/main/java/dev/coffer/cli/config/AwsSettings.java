package dev.coffer.cli.config;

import dev.coffer.backup.s3.S3Credentials;
import dev.coffer.backup.s3.S3Settings;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How to reach a bucket, as all S3 programs are told it: the {@code AWS_} variables, and the
 * profile that they name, or {@code default}, in the files {@code credentials} and {@code config}
 * of {@code ~/.aws}. An access key comes whole from one of them. Redacted text.
 */
public final class AwsSettings {
  private static final long FILE_MAX = 1 << 20;

  private final String accessKeyId;
  private final String secretAccessKey;
  private final Optional<String> sessionToken;
  private final String region;
  private final Optional<String> endpoint;
  private final Optional<Path> authorities;

  private AwsSettings(
      Map<String, String> key,
      String region,
      Optional<String> endpoint,
      Optional<String> authorities) {
    this.accessKeyId = key.getOrDefault("aws_access_key_id", "");
    this.secretAccessKey = key.getOrDefault("aws_secret_access_key", "");
    this.sessionToken = Optional.ofNullable(key.get("aws_session_token"));
    this.region = region;
    this.endpoint = endpoint;
    this.authorities = authorities.map(Path::of);
  }

  /** What environment and files say; a {@link Failure} if there is no access key. */
  public static AwsSettings of(Map<String, String> environment, Path userHome) throws Failure {
    String profile = first(environment, "AWS_PROFILE").orElse("default");
    Map<String, String> key = new HashMap<>();
    for (String name :
        new String[] {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"}) {
      first(environment, name.toUpperCase(java.util.Locale.ROOT))
          .ifPresent(value -> key.put(name, value));
    }
    if (!key.containsKey("aws_access_key_id") && !key.containsKey("aws_secret_access_key")) {
      // A session token belongs to its key: none is added to a key from a file.
      key.clear();
      key.putAll(
          section(environment, "AWS_SHARED_CREDENTIALS_FILE", userHome, "credentials", profile));
    }
    String section = profile.equals("default") ? profile : "profile " + profile;
    Map<String, String> config =
        section(environment, "AWS_CONFIG_FILE", userHome, "config", section);
    Optional<String> region =
        first(environment, "AWS_REGION", "AWS_DEFAULT_REGION")
            .or(() -> Optional.ofNullable(config.get("region")));
    AwsSettings settings =
        new AwsSettings(
            key,
            region.orElse("us-east-1"),
            first(environment, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
                .or(() -> first(config, "endpoint_url")),
            first(environment, "AWS_CA_BUNDLE")
                .or(() -> Optional.ofNullable(config.get("ca_bundle"))));
    if (settings.accessKeyId.isEmpty() || settings.secretAccessKey.isEmpty()) {
      throw new Failure(
          ExitCode.HERE,
          "There is no access key for the bucket.",
          "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE to one of ~/.aws/credentials; and"
              + " AWS_ENDPOINT_URL unless the bucket is at AWS.");
    }
    return settings;
  }

  private static Optional<String> first(Map<String, String> environment, String... names) {
    for (String name : names) {
      String value = environment.getOrDefault(name, "");
      if (!value.isEmpty()) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /** The settings of one section; none, if there is no such file or section. */
  private static Map<String, String> section(
      Map<String, String> environment, String variable, Path userHome, String file, String wanted)
      throws Failure {
    Path path =
        first(environment, variable)
            .map(Path::of)
            .orElseGet(() -> userHome.resolve(".aws").resolve(file));
    Map<String, String> settings = new HashMap<>();
    try {
      if (Files.size(path) > FILE_MAX) {
        throw new Failure(
            ExitCode.USAGE,
            "The file " + path + " is too large for one of AWS's.",
            "Name another with " + variable + ".");
      }
      boolean inside = false;
      for (String line : Files.readString(path, StandardCharsets.ISO_8859_1).lines().toList()) {
        String text = line.strip();
        int equals = text.indexOf('=');
        if (text.startsWith("[")) {
          inside = text.equals("[" + wanted + "]");
        } else if (inside && equals > 0 && !Character.isWhitespace(line.charAt(0))) {
          settings.put(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
        }
      }
    } catch (NoSuchFileException e) {
      return settings;
    } catch (IOException e) {
      throw new Failure(
          ExitCode.HERE,
          "The file " + path + " cannot be read.",
          "Change its permissions, or name another with " + variable + ".");
    }
    return settings;
  }

  /**
   * A bucket, or a folder of one; an {@link IllegalArgumentException} whose message says what to
   * write instead. Its name stands before the host's at AWS only, and not if it has a point, which
   * AWS's certificate does not cover.
   */
  public S3Settings bucket(String name, String folder, Optional<String> storageClass) {
    return new S3Settings(
        URI.create(endpoint.orElse("https://s3." + region + ".amazonaws.com")),
        region,
        name,
        folder,
        endpoint.isPresent() || name.contains("."),
        storageClass);
  }

  /** The file of certificates that alone vouch for the service; empty for the usual ones. */
  public Optional<Path> authorities() {
    return authorities;
  }

  /** The access key; the caller destroys it. */
  public S3Credentials credentials() {
    SecretBytes secret = SecretBytes.wrap(secretAccessKey.getBytes(StandardCharsets.US_ASCII));
    return S3Credentials.of(accessKeyId, secret, sessionToken);
  }

  String accessKeyId() {
    return accessKeyId;
  }

  String secretAccessKey() {
    return secretAccessKey;
  }

  Optional<String> sessionToken() {
    return sessionToken;
  }

  @Override
  public String toString() {
    return "AwsSettings[redacted]";
  }
}
