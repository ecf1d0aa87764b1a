package dev.coffer.analysis.memory;

import dev.coffer.hsm.seal.FleetKeys;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Hkdf;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SealedMessage;
import dev.coffer.protocol.threshold.Sharing;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Every secret that HSM 1 of a fleet works out for a request and has no use for afterwards, worked
 * out once more from its keys, by RFC 9180 and PROTOCOL.md §§9, 11 and apart from the product's
 * code where that hides them.
 */
final class HsmSecrets {
  private static final int INDEX = 1;
  private static final byte[] VERSION = "HPKE-v1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] KEM = {'K', 'E', 'M', 0, 0x20};
  private static final byte[] SUITE = {'H', 'P', 'K', 'E', 0, 0x20, 0, 1, 0, 2};

  private final Fleet fleet;
  private final FleetKeys keys;
  private final SecretBytes sessionKey;
  private final SecretBytes recordKey;
  private final SecretBytes operationKey;
  private final Map<Integer, SecretBytes> subsets = new HashMap<>();
  private final Needles needles = new Needles();
  private final Needles standing = new Needles();

  HsmSecrets(Fleet fleet, FleetKeys keys, SecretBytes sessionKey) throws Rejected {
    this.fleet = fleet;
    this.keys = keys;
    this.sessionKey = sessionKey;
    CanonicalWriter out = new CanonicalWriter();
    keys.write(out);
    CanonicalReader in = new CanonicalReader(out.toBytes());
    this.recordKey = SecretBytes.read(in, 32);
    in.raw(3 * 32);
    this.operationKey = SecretBytes.read(in, 32);
    for (int left = in.u8(); left > 0; left--) {
      subsets.put(in.u8(), SecretBytes.read(in, 32));
    }
    standing.octets("the session key that lasts", sessionKey.copy());
    standing.octets("the record key that lasts", recordKey.copy());
    subsets.values().forEach(key -> standing.octets("a K_A that lasts", key.copy()));
  }

  /** What must not be left. */
  Needles needles() {
    return needles;
  }

  /** What the HSM keeps for life, and a search must therefore find. */
  Needles counters() {
    return standing;
  }

  /** Secrets of one message and its operation. */
  void message(SealedMessage message, Entry.Item item) throws Rejected {
    Bytes info =
        Label.REQUEST_SEAL
            .tuple()
            .field(fleet.id().value())
            .field(INDEX)
            .field(message.type().number())
            .toBytes();
    context("message", message.sealed().slice(0, Hpke.ENCAPSULATION), info);
    CanonicalWriter salt =
        Label.OPERATION_KEY.tuple().field(item.operation().slice(0, 32)).field(INDEX);
    derived("operation", salt, operationKey, Label.OPERATION_KEY.tuple());
    record(item.treeKey());
  }

  private void record(TreeKey treeKey) {
    CanonicalWriter info = Label.RECORD_KEY.tuple().field(0).field(treeKey.value());
    needles.key("record key", Hkdf.derive(recordKey, info, 32));
  }

  private void derived(String name, CanonicalWriter salt, SecretBytes from, CanonicalWriter info) {
    SecretBytes prk = Hkdf.extract(salt.toByteArray(), from);
    needles.key(name + " key's HKDF key", prk);
    needles.key(name + " key", Hkdf.expand(prk, info.toByteArray(), 32));
  }

  /** Secrets of HSM 1's reply. */
  void reply(Request request, ChainValues values, int position, SealedReply reply) throws Rejected {
    Bytes encapsulation = request.header().encapsulations().get(INDEX - 1);
    SecretBytes exporter =
        context("reply", encapsulation, SealedReply.encapsulationInfo(fleet.id().value(), INDEX));
    for (Label label : new Label[] {Label.REPLY_KEY, Label.REPLY_NONCE}) {
      SecretBytes exported =
          Hpke.Exporter.restore(encapsulation, exporter).export(label.tuple().toBytes(), 32);
      needles.key("reply export", exported);
      CanonicalWriter salt =
          label
              .tuple()
              .field(encapsulation)
              .field(reply.responseNonce())
              .field(values.head())
              .field(position);
      derived("reply", salt, exported, label.tuple());
    }
  }

  /** RFC 9180 §§4.1, 5.1: all that comes of an encapsulation; the exporter secret. */
  private SecretBytes context(String name, Bytes encapsulation, Bytes info) throws Rejected {
    SecretBytes agreed = X25519.agree(sessionKey, encapsulation);
    needles.coordinate(name + "'s Diffie-Hellman result", agreed);
    SecretBytes prk = extract(KEM, new byte[0], "eae_prk", agreed.copy());
    needles.key(name + "'s eae_prk", prk);
    byte[] both = encapsulation.concat(fleet.hsm(INDEX).sessionKey()).toByteArray();
    SecretBytes shared = expand(KEM, prk, "shared_secret", both, 32);
    needles.key(name + "'s shared secret", shared);
    byte[] pskIdHash = extract(SUITE, new byte[0], "psk_id_hash", new byte[0]).copy();
    byte[] infoHash = extract(SUITE, new byte[0], "info_hash", info.toByteArray()).copy();
    byte[] context = join(new byte[1], pskIdHash, infoHash);
    SecretBytes secret = extract(SUITE, shared.copy(), "secret", new byte[0]);
    needles.key(name + "'s schedule secret", secret);
    needles.key(name + "'s HPKE key", expand(SUITE, secret, "key", context, 32));
    SecretBytes exporter = expand(SUITE, secret, "exp", context, 32);
    needles.key(name + "'s exporter secret", exporter);
    return exporter;
  }

  private static SecretBytes extract(byte[] suite, byte[] salt, String label, byte[] input) {
    return Hkdf.extract(salt, SecretBytes.wrap(join(VERSION, suite, ascii(label), input)));
  }

  private static SecretBytes expand(
      byte[] suite, SecretBytes prk, String label, byte[] info, int size) {
    byte[] length = {(byte) (size >>> 8), (byte) size};
    return Hkdf.expand(prk, join(length, VERSION, suite, ascii(label), info), size);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] join(byte[]... parts) {
    CanonicalWriter out = new CanonicalWriter();
    for (byte[] part : parts) {
      out.raw(part);
    }
    return out.toByteArray();
  }

  /** This HSM's share of the key of nonce ν, and what it is the sum of. */
  void share(Bytes nu) {
    int n = fleet.settings().n();
    needles.scalar("share", Ristretto255.GROUP.encodeScalar(keys.share(n, INDEX, nu)));
    for (int position : Sharing.among(n).subsetsOf(INDEX)) {
      SecretBytes uniform =
          Hashes.hmacSha512(subsets.get(position), Label.SUBSET_SCALAR.tuple().field(nu));
      needles.octets("r_A before reduction", uniform.copy());
      needles.scalar(
          "r_A", Ristretto255.GROUP.encodeScalar(Ristretto255.GROUP.scalarFromUniform(uniform)));
    }
  }
}
