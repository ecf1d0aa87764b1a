package dev.coffer.backup.s3;

import dev.coffer.backup.remote.HttpService;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * Where a bucket is.
 *
 * @param endpoint of the service, {@code https://host[:port]}; plain http only to this machine, for
 *     tests
 * @param region as the service calls it, {@code us-east-1} if it has none
 * @param bucket its name
 * @param folder in front of all object names, without slashes at its ends; empty for none
 * @param pathStyle whether the bucket goes into the path (most services) or in front of the host
 *     name (AWS)
 * @param storageClass that objects get, such as {@code STANDARD_IA}; empty for the bucket's own.
 *     Not one whose objects must be fetched back before they are read: each backup reads some
 */
public record S3Settings(
    URI endpoint,
    String region,
    String bucket,
    String folder,
    boolean pathStyle,
    Optional<String> storageClass) {
  private static final Set<String> OFFLINE = Set.of("GLACIER", "DEEP_ARCHIVE");

  /** Refuses what cannot be meant; the messages say what to write instead. */
  public S3Settings {
    HttpService.checked(endpoint);
    String path = String.valueOf(endpoint.getRawPath());
    if (!path.isEmpty() && !path.equals("/")
        || endpoint.getRawQuery() != null
        || endpoint.getRawUserInfo() != null
        || endpoint.getRawFragment() != null) {
      throw new IllegalArgumentException("write the endpoint without a path, the bucket by itself");
    }
    if (!region.matches("[a-z0-9-]{1,64}")) {
      throw new IllegalArgumentException(
          "write the region in small letters, digits and hyphens, such as eu-central-1");
    }
    if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
      throw new IllegalArgumentException(
          "a bucket has 3 to 63 small letters, digits, points and hyphens");
    }
    if (!folder.isEmpty()
            && !folder.matches("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
        || folder.length() > 256) {
      throw new IllegalArgumentException(
          "write the folder in letters, digits, points, hyphens and single slashes");
    }
    if (!storageClass.orElse("STANDARD").matches("[A-Z0-9_]{1,32}")) {
      throw new IllegalArgumentException(
          "write the storage class in capitals, such as STANDARD_IA");
    }
    if (OFFLINE.contains(storageClass.orElse(""))) {
      throw new IllegalArgumentException(
          "objects of this storage class cannot be read at once, and every backup reads some: take GLACIER_IR");
    }
  }

  /** The same without a storage class. */
  public S3Settings(URI endpoint, String region, String bucket, String folder, boolean pathStyle) {
    this(endpoint, region, bucket, folder, pathStyle, Optional.empty());
  }

  /** Where requests go: scheme, host and port. */
  public URI server() {
    return URI.create(endpoint.getScheme() + "://" + authority());
  }

  /** Host and port as the Host header has them. */
  String authority() {
    String host = pathStyle ? endpoint.getHost() : bucket + "." + endpoint.getHost();
    int port = endpoint.getPort();
    boolean usual = port < 0 || port == 443 && endpoint.getScheme().equalsIgnoreCase("https");
    return usual ? host : host + ":" + port;
  }

  /** The path of the bucket itself. */
  String bucketPath() {
    return pathStyle ? "/" + bucket : "/";
  }

  /** The path of an object. */
  String objectPath(String name) {
    return (pathStyle ? "/" + bucket + "/" : "/") + prefix() + name;
  }

  /** What stands in front of every name. */
  String prefix() {
    return folder.isEmpty() ? "" : folder + "/";
  }
}
