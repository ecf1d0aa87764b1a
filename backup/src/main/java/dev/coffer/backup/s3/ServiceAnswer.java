package dev.coffer.backup.s3;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An answer of the service: status, and as much of the body as was allowed. */
final class ServiceAnswer {
  private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9.]{1,64})</Code>");

  private static final Set<String> OUTDATED =
      Set.of("ExpiredToken", "InvalidToken", "TokenRefreshRequired");

  private final int status;
  private final byte[] body;

  ServiceAnswer(int status, byte[] body) {
    this.status = status;
    this.body = body;
  }

  byte[] body() {
    return body;
  }

  boolean isFine() {
    return status / 100 == 2;
  }

  /** Whether the same request may well succeed a little later. */
  boolean isPassing() {
    return status == 429
        || status / 100 == 5 && !isFull()
        || code().equals("RequestTimeout")
        || code().equals("SlowDown");
  }

  /** Whether the bucket is there and the object is not. */
  boolean isAbsent() {
    return status == 404 && !code().equals("NoSuchBucket");
  }

  /** Whether the access key was good once: another may have taken its place meanwhile. */
  boolean isOutdated() {
    return OUTDATED.contains(code());
  }

  private boolean isFull() {
    return status == 507 || code().equals("QuotaExceeded") || code().equals("XMinioStorageFull");
  }

  /** The service's own error code, of a known shape; empty if it has none. */
  private String code() {
    String text = new String(body, 0, Math.min(body.length, 8192), StandardCharsets.UTF_8);
    Matcher found = isFine() ? CODE.matcher("") : CODE.matcher(text);
    return found.find() ? found.group(1) : "";
  }

  /** What went wrong, with the next step. */
  BackupException trouble(String bucket) {
    String said = " (" + status + (code().isEmpty() ? "" : " " + code()) + ")";
    if (isFull()) {
      return new BackupException(
          Reason.STORE_FULL,
          "The bucket "
              + bucket
              + " is full"
              + said
              + ": raise its quota and run the same command again.");
    }
    if (code().equals("NoSuchBucket")) {
      return new BackupException(
          Reason.STORE_FAULT,
          "There is no bucket " + bucket + said + ": create it, or correct its name.");
    }
    if (code().equals("RequestTimeTooSkewed")) {
      return new BackupException(
          Reason.STORE_DENIED,
          "This computer's clock is wrong" + said + ": set it and run the same command again.");
    }
    if (isOutdated()) {
      return new BackupException(
          Reason.STORE_DENIED,
          "The session token of the access key for the bucket "
              + bucket
              + " is no longer good"
              + said
              + ": let the tool that made it make another.");
    }
    if (status == 401 || status == 403) {
      return new BackupException(
          Reason.STORE_DENIED,
          "The bucket "
              + bucket
              + " refuses the access key"
              + said
              + ": check the key, its permissions and the region.");
    }
    if (status / 100 == 3) {
      return new BackupException(
          Reason.STORE_FAULT,
          "The bucket "
              + bucket
              + " is elsewhere"
              + said
              + ": correct the endpoint or the region.");
    }
    if (isPassing()) {
      return new BackupException(
          Reason.STORE_UNREACHABLE,
          "The bucket " + bucket + " does not work now" + said + ": run the same command later.");
    }
    return new BackupException(
        Reason.STORE_FAULT,
        "The bucket "
            + bucket
            + " refuses the request"
            + said
            + ": check the endpoint and the bucket.");
  }
}
