package dev.coffer.protocol.request;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.login.LoginToken;

/**
 * Why a request may replace or delete a registration. Every HSM checks it in capture, not only the
 * admitting one.
 */
public sealed interface Authorisation {
  /** Nothing: never enough, and what the others are given for ({@link Request#bare}). */
  record None() implements Authorisation {}

  /** A signature by the live registration's ownerKey, which is derived from K: 64 octets. */
  record Owner(Bytes signature) implements Authorisation {
    @Override
    public String toString() {
      return "Owner[redacted]";
    }
  }

  /**
   * The login: needed where no registration is alive, enough over a live one where the settings
   * allow it. Unlike the assertion around a sealed message, which binds it to one HSM's ciphertext,
   * this binds the login to the request's content: a corrupted admitting HSM cannot move it to
   * another request.
   *
   * @param deviceSignature Ed25519 by the device key over {@link SignedTexts#loginAuthorisation},
   *     64 octets
   */
  record Login(LoginToken token, Bytes deviceSignature) implements Authorisation {
    @Override
    public String toString() {
      return "Login[redacted]";
    }
  }

  /** Appends tag and content. */
  static void write(Authorisation authorisation, CanonicalWriter out) {
    if (authorisation instanceof Owner owner) {
      out.u8(1).raw(owner.signature());
    } else if (authorisation instanceof Login login) {
      out.u8(2);
      login.token().write(out);
      out.raw(login.deviceSignature());
    } else {
      out.u8(0);
    }
  }

  /** Reads what {@link #write} wrote. */
  static Authorisation read(CanonicalReader in) throws Rejected {
    return switch (in.u8()) {
      case 0 -> new None();
      case 1 -> new Owner(in.raw(Limits.SIGNATURE));
      case 2 -> new Login(LoginToken.read(in), in.raw(Limits.SIGNATURE));
      default -> throw new Rejected(RejectionCode.UNKNOWN_TAG, "authorisation");
    };
  }
}
