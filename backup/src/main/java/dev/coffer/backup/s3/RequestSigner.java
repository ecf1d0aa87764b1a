package dev.coffer.backup.s3;

import dev.coffer.protocol.codec.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * AWS Signature Version 4 in the Authorization header, payload signed (AWS documentation,
 * "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk").
 * Thread-safe.
 */
final class RequestSigner {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";

  private final S3Credentials credentials;
  private final String region;

  RequestSigner(S3Credentials credentials, String region) {
    this.credentials = credentials;
    this.region = region;
  }

  S3Credentials credentials() {
    return credentials;
  }

  /**
   * The headers to add to a request, host excepted, which the HTTP client sends by itself.
   *
   * @param path with its octets encoded already
   * @param query names and values, not encoded yet
   * @param extra headers to sign besides, names in small letters
   */
  SortedMap<String, String> headers(
      String method,
      String authority,
      String path,
      SortedMap<String, String> query,
      SortedMap<String, String> extra,
      byte[] payload,
      Instant now) {
    String time = TIME.format(now);
    String date = time.substring(0, 8);
    TreeMap<String, String> signed = new TreeMap<>(extra);
    signed.put("host", authority);
    signed.put("x-amz-content-sha256", sha256(payload));
    signed.put("x-amz-date", time);
    credentials.sessionToken().ifPresent(token -> signed.put("x-amz-security-token", token));
    String names = String.join(";", signed.keySet());
    String headerLines =
        signed.entrySet().stream()
            .map(header -> header.getKey() + ":" + header.getValue() + "\n")
            .collect(Collectors.joining());
    String canonical =
        String.join("\n", method, path, queryString(query), headerLines, names, sha256(payload));
    String scope = date + "/" + region + "/s3/aws4_request";
    String toSign =
        String.join(
            "\n", ALGORITHM, time, scope, sha256(canonical.getBytes(StandardCharsets.UTF_8)));
    String signature = Bytes.wrap(hmacChain(date, toSign)).hex();
    signed.remove("host");
    signed.put(
        "authorization",
        ALGORITHM
            + " Credential="
            + credentials.accessKeyId()
            + "/"
            + scope
            + ",SignedHeaders="
            + names
            + ",Signature="
            + signature);
    return signed;
  }

  private byte[] hmacChain(String date, String toSign) {
    byte[] secret = credentials.secret().copy();
    byte[] key = new byte[4 + secret.length];
    System.arraycopy("AWS4".getBytes(StandardCharsets.US_ASCII), 0, key, 0, 4);
    System.arraycopy(secret, 0, key, 4, secret.length);
    Arrays.fill(secret, (byte) 0);
    for (String part : new String[] {date, region, "s3", "aws4_request", toSign}) {
      byte[] next = hmac(key, part);
      Arrays.fill(key, (byte) 0);
      key = next;
    }
    return key;
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this runtime lacks HmacSHA256", e);
    }
  }

  private static String sha256(byte[] octets) {
    try {
      return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(octets)).hex();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this runtime lacks SHA-256", e);
    }
  }

  /**
   * The query as it is signed and sent: sorted, everything but RFC 3986's unreserved characters
   * encoded.
   */
  static String queryString(Map<String, String> query) {
    return query.entrySet().stream()
        .map(item -> encoded(item.getKey()) + "=" + encoded(item.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      if (c >= 'A' && c <= 'Z'
          || c >= 'a' && c <= 'z'
          || c >= '0' && c <= '9'
          || "-._~".indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        encoded.append(String.format("%%%02X", (int) c));
      }
    }
    return encoded.toString();
  }
}
