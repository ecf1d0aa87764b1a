package dev.coffer.protocol.login;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.json.StrictJson;
import dev.coffer.protocol.json.StrictJson.Value;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;

/**
 * What a login says (RFC 7519, RFC 7800): a JWT of at most 1,024 octets, {@code alg} exactly EdDSA,
 * read so strictly that no other reader can see other claims in it. Whatever is wrong with one is
 * {@link RejectionCode#BAD_LOGIN}.
 *
 * <p><b>Not guaranteed:</b> that the login holds now. HSMs have no clock; every node compares
 * {@link #notBeforeSeconds} and {@link #expiresSeconds} with its own before it hands a message on.
 *
 * @param account {@code sub}, not empty
 * @param audience {@code aud}, one string: the fleet id in hexadecimal
 * @param tenant {@code tenant}
 * @param notBeforeSeconds the later of {@code nbf} and {@code iat} in Unix seconds, both optional;
 *     0 without either
 * @param expiresSeconds {@code exp} in Unix seconds
 * @param deviceKey {@code cnf.jwk}, Ed25519, 32 octets
 */
public record LoginClaims(
    String account,
    String audience,
    String tenant,
    long notBeforeSeconds,
    long expiresSeconds,
    Bytes deviceKey) {
  private static final Set<String> HEADER_MEMBERS = Set.of("alg", "typ", "kid");

  /**
   * Reads {@code jwt} and checks its signature by {@code issuerKey}; nothing is believed before
   * that holds.
   */
  public static LoginClaims verify(String jwt, Bytes issuerKey) throws Rejected {
    byte[] octets = jwt.getBytes(StandardCharsets.UTF_8);
    int headerEnd = jwt.indexOf('.');
    int claimsEnd = jwt.lastIndexOf('.');
    boolean ascii = octets.length == jwt.length();
    if (!ascii || octets.length > Limits.TOKEN_MAX || headerEnd < 1 || claimsEnd <= headerEnd) {
      throw bad("login token");
    }
    Bytes signed = Bytes.copyOf(octets, 0, claimsEnd);
    Bytes signature = base64Url(jwt.substring(claimsEnd + 1));
    if (!Ed25519.verify(issuerKey, signed, signature)) {
      throw bad("token signature");
    }
    Value.Members header = object(jwt.substring(0, headerEnd));
    // An unknown member, crit above all, may change what the signature means.
    if (!HEADER_MEMBERS.containsAll(header.values().keySet())
        || !header.text("alg").filter("EdDSA"::equals).isPresent()
        || (header.values().containsKey("typ")
            && !header.text("typ").filter("JWT"::equals).isPresent())) {
      throw bad("token header");
    }
    return read(object(jwt.substring(headerEnd + 1, claimsEnd)));
  }

  private static Value.Members object(String part) throws Rejected {
    Bytes utf8 = base64Url(part);
    try {
      return StrictJson.object(utf8);
    } catch (Rejected e) {
      // Text that is no UTF-8 is as bad a login as any other: one kind of refusal for all of them.
      throw bad("JSON");
    }
  }

  private static LoginClaims read(Value.Members claims) throws Rejected {
    Value.Members key =
        claims
            .members("cnf")
            .flatMap(cnf -> cnf.members("jwk"))
            .orElseThrow(() -> bad("device key"));
    // A private key in a login is everybody's who carried it.
    if (key.values().containsKey("d")
        || !key.text("kty").filter("OKP"::equals).isPresent()
        || !key.text("crv").filter("Ed25519"::equals).isPresent()) {
      throw bad("device key");
    }
    Bytes deviceKey = base64Url(key.text("x").orElseThrow(() -> bad("device key")));
    if (deviceKey.size() != Limits.DIGEST) {
      throw bad("device key");
    }
    return new LoginClaims(
        claims.text("sub").filter(sub -> !sub.isEmpty()).orElseThrow(() -> bad("sub")),
        claims.text("aud").orElseThrow(() -> bad("aud")),
        claims.text("tenant").orElseThrow(() -> bad("tenant")),
        Math.max(time(claims, "nbf"), time(claims, "iat")),
        claims.whole("exp").orElseThrow(() -> bad("exp")),
        deviceKey);
  }

  private static long time(Value.Members claims, String name) throws Rejected {
    return claims.values().containsKey(name) ? claims.whole(name).orElseThrow(() -> bad(name)) : 0;
  }

  /**
   * RFC 4648 §5 without padding, in its one canonical form: the decoder alone would let stray bits
   * pass.
   */
  private static Bytes base64Url(String text) throws Rejected {
    try {
      byte[] octets = Base64.getUrlDecoder().decode(text);
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(octets).equals(text)) {
        return Bytes.wrap(octets);
      }
    } catch (IllegalArgumentException e) {
      throw bad("base64url");
    }
    throw bad("base64url");
  }

  private static Rejected bad(String what) {
    return new Rejected(RejectionCode.BAD_LOGIN, what);
  }
}
