package dev.coffer.attestation;

import dev.coffer.attestation.NotAttested.Reason;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.crypto.CoseSign1;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.fleet.EntityAttestation;
import dev.coffer.protocol.fleet.FleetId;

/** Reads Entity Attestation Tokens of HSMs in their one form (PROTOCOL.md §12.7). Stateless. */
public final class EntityToken {
  private static final int PROMISES_MAX = 128;

  private EntityToken() {}

  /**
   * What the HSM with {@code statementKey} signed. Its claims are read and not judged: who relies
   * on them compares them with what was asked and founded.
   *
   * @param model what the HSM is known as: a token holds its hash alone where it is long
   */
  public static EntityAttestation verify(Bytes token, Bytes statementKey, String model)
      throws NotAttested {
    if (token.size() > EntityAttestation.TOKEN_MAX) {
      throw new NotAttested(Reason.MALFORMED);
    }
    Cbor in = new Cbor(token.slice(Math.min(1, token.size()), token.size()));
    expect(in.array(4) == 4 && in.octets(8).equals(CoseSign1.ED25519) && in.map(0) == 0);
    Bytes payload = in.octets(EntityAttestation.TOKEN_MAX);
    Bytes signature = in.octets(Limits.SIGNATURE);
    in.end();
    expect(CoseSign1.message(payload, signature).equals(token));
    if (!Ed25519.verify(statementKey, CoseSign1.signed(CoseSign1.ED25519, payload), signature)) {
      throw new NotAttested(Reason.BAD_SIGNATURE);
    }
    EntityAttestation read = claims(new Cbor(payload), model);
    expect(read.encode().equals(payload));
    return read;
  }

  /** In their order; that nothing else stands among them is compared afterwards. */
  private static EntityAttestation claims(Cbor in, String model) throws NotAttested {
    expect(in.map(11) == 11 && in.number() == 8 && in.map(1) == 1 && in.number() == 1);
    expect(in.map(3) == 3 && in.number() == 1 && in.number() == 1);
    expect(in.number() == -1 && in.number() == 6 && in.number() == -2);
    Bytes statementKey = in.octets(Limits.DIGEST);
    expect(in.number() == 10);
    Bytes nonce = in.octets(EntityAttestation.NONCE);
    expect(in.number() == 259);
    Bytes hwmodel = in.octets(Limits.DIGEST);
    expect(in.number() == 263);
    boolean debugged = in.number() == 0;
    expect(in.number() == 265 && in.text(64).equals(EntityAttestation.PROFILE));
    expect(in.number() == 273 && in.array(1) == 1 && in.array(2) == 2 && in.number() == 42);
    Bytes measurement = in.octets(Limits.DIGEST);
    expect(in.text(3).equals("hsm"));
    long index = in.number();
    expect(index >= 1 && index <= Limits.HSMS_MAX && in.text(5).equals("fleet"));
    Bytes fleet = in.octets(Limits.DIGEST);
    expect(fleet.size() == Limits.DIGEST && in.text(8).equals("promises"));
    String promises = in.text(PROMISES_MAX);
    expect(in.text(10).equals("sessionKey"));
    Bytes sessionKey = in.octets(Limits.DIGEST);
    expect(in.text(13).equals("keyAttributes"));
    String keyAttributes = in.text(EntityAttestation.ATTRIBUTES_MAX);
    in.end();
    if (!hwmodel.equals(EntityAttestation.hwmodel(model))) {
      throw new NotAttested(Reason.ABOUT_ANOTHER);
    }
    return new EntityAttestation(
        nonce,
        model,
        measurement,
        debugged,
        new FleetId(fleet),
        (int) index,
        statementKey,
        sessionKey,
        promises,
        keyAttributes);
  }

  private static void expect(boolean holds) throws NotAttested {
    if (!holds) {
      throw new NotAttested(Reason.MALFORMED);
    }
  }
}
