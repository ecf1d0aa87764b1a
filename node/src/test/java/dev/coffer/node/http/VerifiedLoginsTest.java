package dev.coffer.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.login.LoginClaims;
import dev.coffer.protocol.login.LoginToken;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was verified is not verified again; nothing else is taken for verified. */
final class VerifiedLoginsTest {
  private static final LoginToken GOOD = new LoginToken(Bytes.zeros(32), Bytes.zeros(64), "good");

  private final List<LoginToken> verified = new ArrayList<>();
  private final VerifiedLogins logins = new VerifiedLogins(this::verify);

  private LoginClaims verify(LoginToken token) throws Rejected {
    verified.add(token);
    if (!token.jwt().startsWith("good")
        || !token.issuerKey().equals(GOOD.issuerKey())
        || !token.rootSignature().equals(GOOD.rootSignature())) {
      throw new Rejected(RejectionCode.BAD_LOGIN, "test");
    }
    return new LoginClaims(token.jwt(), "fleet", "app", 0, 1, Bytes.zeros(32));
  }

  @Test
  void aLoginIsVerifiedOnce() throws Rejected {
    LoginClaims first = logins.claims(GOOD);
    assertEquals(first, logins.claims(GOOD));
    assertEquals(List.of(GOOD), verified);
    assertEquals("goody", logins.claims(with("goody")).account());
    assertEquals(first, logins.claims(GOOD));
    assertEquals(2, verified.size());
  }

  private static LoginToken with(String jwt) {
    return new LoginToken(GOOD.issuerKey(), GOOD.rootSignature(), jwt);
  }

  @Test
  void whatDiffersInOneOctetIsVerifiedForItself() throws Rejected {
    LoginClaims unused = logins.claims(GOOD);
    byte[] bent = new byte[64];
    bent[63] = 1;
    Bytes otherKey = Bytes.copyOf(bent, 32, 64);
    for (LoginToken twin :
        List.of(
            new LoginToken(otherKey, GOOD.rootSignature(), GOOD.jwt()),
            new LoginToken(GOOD.issuerKey(), Bytes.copyOf(bent), GOOD.jwt()),
            with("Good"))) {
      assertThrows(Rejected.class, () -> logins.claims(twin));
      // Nor does a refusal become known as anything.
      assertThrows(Rejected.class, () -> logins.claims(twin));
    }
    assertEquals(7, verified.size());
    assertEquals(1, logins.size());
  }

  @Test
  void theOneShownLeastRecentlyIsForgotten() throws Rejected {
    LoginClaims unused = logins.claims(GOOD);
    for (int i = 0; i < VerifiedLogins.LOGINS_MAX; i++) {
      unused = logins.claims(with("good" + i));
      unused = logins.claims(GOOD);
    }
    assertEquals(VerifiedLogins.LOGINS_MAX, logins.size());
    int before = verified.size();
    unused = logins.claims(GOOD);
    unused = logins.claims(with("good" + (VerifiedLogins.LOGINS_MAX - 1)));
    assertEquals(before, verified.size());
    unused = logins.claims(with("good0"));
    assertEquals(before + 1, verified.size());
  }
}
