package dev.coffer.node.http;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.login.LoginClaims;
import dev.coffer.protocol.login.LoginToken;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What logins that were verified say, by the SHA-256 of the whole token, signatures included: both
 * messages of a recovery show the same one, and whoever floods shows his again and again. Only what
 * held is remembered, 4,096 at most; the one that was shown least recently is forgotten. Times are
 * not looked at: the caller compares them with its clock at every message. Thread-safe.
 */
final class VerifiedLogins {
  static final int LOGINS_MAX = 4_096;

  /** The whole check of a token's signatures. */
  interface Verifier {
    LoginClaims verify(LoginToken token) throws Rejected;
  }

  private final Verifier verifier;
  private final Map<Bytes, LoginClaims> known = new LinkedHashMap<>(16, 0.75f, true);

  VerifiedLogins(Verifier verifier) {
    this.verifier = verifier;
  }

  /** What {@code token} says, if its signatures hold or are known to. */
  LoginClaims claims(LoginToken token) throws Rejected {
    CanonicalWriter out = new CanonicalWriter();
    token.write(out);
    Bytes hash = Hashes.sha256(out.toBytes());
    LoginClaims claims = remembered(hash);
    if (claims == null) {
      // Outside the lock: what many verify at once takes longer than to verify one of them twice.
      claims = verifier.verify(token);
      remember(hash, claims);
    }
    return claims;
  }

  private synchronized @Nullable LoginClaims remembered(Bytes hash) {
    return known.get(hash);
  }

  private synchronized void remember(Bytes hash, LoginClaims claims) {
    known.put(hash, claims);
    if (known.size() > LOGINS_MAX) {
      known.remove(known.keySet().iterator().next());
    }
  }

  /** How many are known. */
  synchronized int size() {
    return known.size();
  }
}
