package dev.coffer.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.s3.S3Settings;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bucket is reached as other programs reach it. */
class AwsSettingsTest {
  private static final Map<String, String> KEY =
      Map.of("AWS_ACCESS_KEY_ID", "ENVID", "AWS_SECRET_ACCESS_KEY", "envsecret");

  @TempDir private Path home;

  @BeforeEach
  void files() throws Exception {
    Files.createDirectories(home.resolve(".aws"));
    Files.writeString(
        home.resolve(".aws/credentials"),
        """
        # keys
        [default]
        aws_access_key_id = FILEID
        aws_secret_access_key=filesecret==

        [backups]
        aws_access_key_id = TEMPORARY
        aws_secret_access_key = temporarysecret
        aws_session_token = token
        """);
    Files.writeString(
        home.resolve(".aws/config"),
        """
        [default]
        region = eu-central-1
        s3 =
          region = nested
        [profile backups]
        region = eu-west-3
        """);
  }

  private static Map<String, String> with(Map<String, String> some, String name, String value) {
    Map<String, String> all = new java.util.HashMap<>(some);
    all.put(name, value);
    return all;
  }

  @Test
  void theEnvironmentComesFirst() throws Exception {
    AwsSettings settings = AwsSettings.of(with(KEY, "AWS_REGION", "us-west-2"), home);
    assertEquals("ENVID", settings.accessKeyId());
    assertEquals("envsecret", settings.secretAccessKey());
    assertEquals(Optional.empty(), settings.sessionToken());
    S3Settings bucket = settings.bucket("photos", "laptop", Optional.empty());
    assertEquals("us-west-2", bucket.region());
    assertEquals("https://s3.us-west-2.amazonaws.com", bucket.endpoint().toString());
    assertFalse(bucket.pathStyle());
    assertEquals("AwsSettings[redacted]", settings.toString());
  }

  @Test
  void theDefaultRegionCountsWhereThereIsNoOther() throws Exception {
    Map<String, String> both =
        with(with(KEY, "AWS_DEFAULT_REGION", "eu-north-1"), "AWS_REGION", "us-west-2");
    assertEquals(
        "us-west-2", AwsSettings.of(both, home).bucket("photos", "", Optional.empty()).region());
    both.remove("AWS_REGION");
    assertEquals(
        "eu-north-1", AwsSettings.of(both, home).bucket("photos", "", Optional.empty()).region());
    assertEquals(
        "eu-central-1", AwsSettings.of(KEY, home).bucket("photos", "", Optional.empty()).region());
    assertEquals(
        "us-east-1",
        AwsSettings.of(KEY, home.resolve("nobody"))
            .bucket("photos", "", Optional.empty())
            .region());
  }

  @Test
  void profilesAreReadFromTheFiles() throws Exception {
    AwsSettings usual = AwsSettings.of(Map.of(), home);
    assertEquals("FILEID", usual.accessKeyId());
    assertEquals("filesecret==", usual.secretAccessKey());
    AwsSettings named = AwsSettings.of(Map.of("AWS_PROFILE", "backups"), home);
    assertEquals("TEMPORARY", named.accessKeyId());
    assertEquals(Optional.of("token"), named.sessionToken());
    assertEquals("eu-west-3", named.bucket("photos", "", Optional.empty()).region());
    Path moved = Files.move(home.resolve(".aws/credentials"), home.resolve("keys"));
    assertEquals(
        "FILEID",
        AwsSettings.of(Map.of("AWS_SHARED_CREDENTIALS_FILE", moved.toString()), home)
            .accessKeyId());
  }

  @Test
  void aFileOfAuthoritiesIsNamedByVariableOrProfile() throws Exception {
    assertEquals(Optional.empty(), AwsSettings.of(KEY, home).authorities());
    Files.writeString(home.resolve(".aws/config"), "[default]\nca_bundle = /etc/own.pem\n");
    assertEquals(Optional.of(Path.of("/etc/own.pem")), AwsSettings.of(KEY, home).authorities());
    assertEquals(
        Optional.of(Path.of("/other.pem")),
        AwsSettings.of(with(KEY, "AWS_CA_BUNDLE", "/other.pem"), home).authorities());
  }

  /** Without it the key would be asked of Amazon, whose it is not. */
  @Test
  void aProfileNamesItsEndpointUnlessTheEnvironmentDoes() throws Exception {
    Files.writeString(
        home.resolve(".aws/config"),
        "[default]\nendpoint_url = https://own.example\n[profile backups]\nendpoint_url =\n");
    S3Settings own = AwsSettings.of(KEY, home).bucket("photos", "", Optional.empty());
    assertEquals("https://own.example", own.server().toString());
    assertEquals(
        "other.example",
        AwsSettings.of(with(KEY, "AWS_ENDPOINT_URL", "https://other.example"), home)
            .bucket("photos", "", Optional.empty())
            .endpoint()
            .getHost());
    assertEquals(
        "https://photos.s3.us-east-1.amazonaws.com",
        AwsSettings.of(with(KEY, "AWS_PROFILE", "backups"), home)
            .bucket("photos", "", Optional.empty())
            .server()
            .toString());
  }

  /** A token of one key with another is refused by the service, and nobody sees why. */
  @Test
  void aKeyIsWholeOrNone() throws Exception {
    AwsSettings settings = AwsSettings.of(Map.of("AWS_SESSION_TOKEN", "stray"), home);
    assertEquals(Optional.empty(), settings.sessionToken());
    assertEquals("FILEID", settings.accessKeyId());
    for (Map<String, String> half :
        java.util.List.of(
            Map.of("AWS_ACCESS_KEY_ID", "ENVID"),
            Map.of("AWS_SECRET_ACCESS_KEY", "envsecret"),
            Map.of("AWS_PROFILE", "nobody"))) {
      Failure failure = assertThrows(Failure.class, () -> AwsSettings.of(half, home));
      assertEquals(ExitCode.HERE, failure.exitCode());
    }
  }

  @Test
  void theNameGoesIntoThePathWhereACertificateWouldNotFit() throws Exception {
    AwsSettings settings = AwsSettings.of(KEY, home);
    assertTrue(settings.bucket("my.photos", "", Optional.empty()).pathStyle());
    AwsSettings elsewhere =
        AwsSettings.of(
            with(
                with(KEY, "AWS_ENDPOINT_URL", "https://a.example"),
                "AWS_ENDPOINT_URL_S3",
                "https://b.example"),
            home);
    assertTrue(elsewhere.bucket("photos", "", Optional.empty()).pathStyle());
    assertEquals(
        "b.example", elsewhere.bucket("photos", "", Optional.empty()).endpoint().getHost());
  }
}
