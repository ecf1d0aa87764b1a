package dev.coffer.client.fleet;

import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.oprf.Oprf;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.threshold.Sharing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The keys of one HSM of a {@link MiniFleet}, its liveness and its lie. */
final class MiniHsm {
  final int index;
  final SecretBytes statementSeed;
  final SecretBytes sessionKey;
  private final Randomness randomness;
  private final Map<Integer, SecretBytes> subsetKeys = new HashMap<>();
  private final Sharing sharing;
  boolean down;
  UnaryOperator<ReplyContent> lie = UnaryOperator.identity();

  MiniHsm(int index, Sharing sharing, List<SecretBytes> allSubsetKeys, Randomness randomness) {
    this.index = index;
    this.sharing = sharing;
    this.randomness = randomness;
    this.statementSeed = SecretBytes.random(randomness, 32);
    this.sessionKey = SecretBytes.random(randomness, 32);
    sharing.subsetsOf(index).forEach(p -> subsetKeys.put(p, allSubsetKeys.get(p)));
  }

  HsmIdentity identity(String model) {
    return new HsmIdentity(
        Ed25519.publicKey(statementSeed),
        X25519.publicKey(sessionKey),
        model,
        Bytes.zeros(32),
        Bytes.EMPTY);
  }

  Statement state(ChainValues values) {
    return Statement.sign(values, index, statementSeed);
  }

  Bytes partial(Bytes nu, Bytes blindedElement) {
    RistrettoScalar share = sharing.share(Ristretto255.GROUP, index, subsetKeys, nu);
    try {
      return Oprf.RISTRETTO255.evaluate(share, Ristretto255.GROUP.decode(blindedElement)).encode();
    } catch (Rejected e) {
      throw new AssertionError("a client sent a bad element", e);
    }
  }

  SealedReply seal(
      Request request, ChainValues values, int position, Bytes leaf, ReplyContent content) {
    Bytes info = SealedReply.encapsulationInfo(values.fleetId().value(), index);
    SealedReply.Context context =
        new SealedReply.Context(index, values, position, request.type(), leaf);
    Bytes enc = request.header().encapsulations().get(index - 1);
    try (Hpke.Exporter exporter = Hpke.decapsulate(sessionKey, enc, info)) {
      return SealedReply.seal(randomness, exporter, context, lie.apply(content));
    } catch (Rejected e) {
      throw new AssertionError("a client sent a bad encapsulation", e);
    }
  }
}
