package dev.coffer.backup.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The examples of Amazon's documentation of Signature Version 4 for S3. */
class RequestSignerTest {
  private static final Instant NOW = Instant.parse("2013-05-24T00:00:00Z");
  private static final String HOST = "examplebucket.s3.amazonaws.com";

  private static S3Credentials credentials() {
    byte[] secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".getBytes(StandardCharsets.US_ASCII);
    return S3Credentials.of("AKIAIOSFODNN7EXAMPLE", SecretBytes.wrap(secret), Optional.empty());
  }

  private static String signature(
      String method,
      String path,
      SortedMap<String, String> query,
      SortedMap<String, String> extra,
      String payload) {
    byte[] octets = payload.getBytes(StandardCharsets.UTF_8);
    RequestSigner signer = new RequestSigner(credentials(), "us-east-1");
    String header =
        signer.headers(method, HOST, path, query, extra, octets, NOW).get("authorization");
    return header.substring(header.lastIndexOf('=') + 1);
  }

  private static TreeMap<String, String> of(String... pairs) {
    TreeMap<String, String> map = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }

  @Test
  void getsPartOfAnObject() {
    assertEquals(
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        signature("GET", "/test.txt", of(), of("range", "bytes=0-9"), ""));
  }

  @Test
  void putsAnObject() {
    assertEquals(
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        signature(
            "PUT",
            "/test%24file.text",
            of(),
            of(
                "date",
                "Fri, 24 May 2013 00:00:00 GMT",
                "x-amz-storage-class",
                "REDUCED_REDUNDANCY"),
            "Welcome to Amazon S3."));
  }

  @Test
  void listsABucket() {
    assertEquals(
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        signature("GET", "/", of("max-keys", "2", "prefix", "J"), of(), ""));
  }

  @Test
  void signsTheSessionTokenAndNamesIt() {
    S3Credentials temporary =
        S3Credentials.of("AKID", SecretBytes.wrap(new byte[] {'s'}), Optional.of("token+/="));
    SortedMap<String, String> headers =
        new RequestSigner(temporary, "us-east-1")
            .headers("GET", HOST, "/", of(), of(), new byte[0], NOW);
    assertEquals("token+/=", headers.get("x-amz-security-token"));
    assertTrue(headers.get("authorization").contains("x-amz-security-token"));
    assertFalse(headers.containsKey("host"), "the HTTP client sends it");
  }

  @Test
  void encodesQueriesAsItSignsThem() {
    assertEquals(
        "a%2Fb=%20%2B%3D&c=~-._", RequestSigner.queryString(of("c", "~-._", "a/b", " +=")));
  }

  @Test
  void keepsTheSecretOutOfText() {
    assertEquals("S3Credentials[redacted]", credentials().toString());
  }
}
