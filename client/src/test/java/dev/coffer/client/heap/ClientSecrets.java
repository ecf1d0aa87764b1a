package dev.coffer.client.heap;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.client.secret.Argon2id;
import dev.coffer.client.secret.KeySchedule;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.oprf.Oprf;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.threshold.Sharing;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lives the life of {@link HeapDumpProgram} once more, in another process than the one that is
 * dumped, listens to what the device draws and what the HSMs answer, and works out from it every
 * secret that was in the device's memory on the way.
 */
final class ClientSecrets {
  private static final int SCALAR_RADIX = 52;

  private final long seed;
  private final List<byte[]> blinds = new ArrayList<>();
  private final List<byte[]> ephemerals = new ArrayList<>();
  private final Map<Request, List<Sharing.Partial<RistrettoElement>>> partials =
      new LinkedHashMap<>();
  private final Map<String, Bytes> needles = new LinkedHashMap<>();
  private final Fleet fleet;
  private final List<Request> sent;
  private final Randomness drawn;

  private ClientSecrets(long seed) throws Exception {
    this.seed = seed;
    this.drawn = HeapDumpProgram.drawn(seed);
    MiniFleet mini = HeapDumpProgram.fleet(seed);
    this.fleet = mini.fleet();
    for (int index = 1; index <= fleet.settings().n(); index++) {
      int own = index;
      mini.lie(
          index,
          content -> {
            content
                .partial()
                .ifPresent(partial ->
                    partials
                        .computeIfAbsent(mini.captured().getLast(), r -> new ArrayList<>())
                        .add(new Sharing.Partial<>(own, element(partial))));
            return content;
          });
    }
    HeapDumpProgram.live(new Device(mini, this::listen), seed);
    sent = List.copyOf(mini.captured());
    collect();
  }

  /** The life of that seed. */
  static ClientSecrets of(long seed) throws Exception {
    return new ClientSecrets(seed);
  }

  /** What must not be found, by name, as octets of a heap dump. */
  Map<String, Bytes> needles() {
    return needles;
  }

  /** Everything that was sent, as the admitting HSM reads it. */
  List<Request> sent() {
    return sent;
  }

  private void listen(byte[] target) {
    drawn.fill(target);
    boolean blind = drawnFor("dev.coffer.protocol.group.Ristretto255");
    if (blind || drawnFor("dev.coffer.protocol.crypto.Hpke")) {
      (blind ? blinds : ephemerals).add(target.clone());
    }
  }

  private static boolean drawnFor(String type) {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(type)));
  }

  private static RistrettoElement element(Bytes encoding) {
    try {
      return Ristretto255.GROUP.decode(encoding);
    } catch (Rejected e) {
      throw new AssertionError(e);
    }
  }

  private void collect() throws Exception {
    int at = 0;
    for (byte[] ephemeral : ephemerals) {
      ephemeral("ephemeral key " + at++, ephemeral);
    }
    at = 0;
    for (Map.Entry<Request, List<Sharing.Partial<RistrettoElement>>> each : partials.entrySet()) {
      evaluation(at, each.getKey(), each.getValue());
      at++;
    }
  }

  /** The key, and for whichever HSM it was drawn what both sides share. */
  private void ephemeral(String name, byte[] octets) throws Rejected {
    needles.put(name, Bytes.wrap(octets));
    for (int index = 1; index <= fleet.settings().n(); index++) {
      Bytes recipient = fleet.hsm(index).sessionKey();
      SecretBytes agreed = X25519.agree(SecretBytes.copyOf(octets), recipient);
      String to = name + " with HSM " + index;
      needles.put(to + ", agreed", Bytes.wrap(agreed.copy()));
      Bytes info = SealedReply.encapsulationInfo(fleet.id().value(), index);
      Randomness again = target -> System.arraycopy(octets, 0, target, 0, octets.length);
      try (Hpke.Exporter exporter = Hpke.encapsulate(again, recipient, info)) {
        needles.put(to + ", exporter secret", Bytes.wrap(exporter.exporterSecret().copy()));
      }
    }
  }

  /** Evaluation 0 is the registration's, 1 the wrong code's, 2 the right one's. */
  private void evaluation(int at, Request request, List<Sharing.Partial<RistrettoElement>> answered)
      throws Exception {
    String name = "evaluation " + at + ", ";
    Subject subject = request.header().subject();
    needles.put(name + "drawn blind", Bytes.wrap(blinds.get(at)));
    RistrettoScalar blind =
        Ristretto255.GROUP.scalarFromUniform(SecretBytes.copyOf(blinds.get(at)));
    scalar(name + "blind", blind);
    scalar(name + "inverse blind", Ristretto255.GROUP.invert(blind));
    try (RecoveryCode code = RecoveryCode.typed(HeapDumpProgram.code(at == 1 ? seed + 2 : seed));
        SecretBytes input = KeySchedule.oprfInput(subject, code)) {
      RistrettoElement hashed = Ristretto255.GROUP.hashToGroup(input, hashToGroupTag());
      point(name + "hashed code", hashed);
      RistrettoElement combined =
          Sharing.among(5).combine(Ristretto255.GROUP, answered.subList(0, 3));
      RistrettoElement unblinded =
          Ristretto255.GROUP.multiply(Ristretto255.GROUP.invert(blind), combined);
      point(name + "unblinded", unblinded);
      SecretBytes output = Oprf.RISTRETTO255.finalizeOutput(input, blind, combined);
      needles.put(name + "OPRF output", Bytes.wrap(output.copy()));
      SecretBytes stretched =
          new Argon2id().stretch(output, KeySchedule.stretchingSalt(subject), Device.CHEAP);
      needles.put(name + "stretched", Bytes.wrap(stretched.copy()));
      if (request instanceof Request.RegisterStart start) {
        registered(name, stretched, subject, start.id());
      }
    }
  }

  private void registered(String name, SecretBytes stretched, Subject subject, RegistrationId id) {
    needles.put(
        name + "authentication seed",
        Bytes.wrap(KeySchedule.authSeed(stretched, subject, id).copy()));
  }

  /** "HashToGroup-" and the context string of RFC 9497 §3.1. */
  private static Bytes hashToGroupTag() {
    return Bytes.wrap(
        "HashToGroup-OPRFV1-\0-ristretto255-SHA512".getBytes(StandardCharsets.US_ASCII));
  }

  private void scalar(String name, RistrettoScalar scalar) {
    byte[] octets = Ristretto255.GROUP.encodeScalar(scalar).copy();
    needles.put(name, Bytes.wrap(octets));
    byte[] bigEndian = new byte[octets.length];
    for (int i = 0; i < octets.length; i++) {
      bigEndian[i] = octets[octets.length - 1 - i];
    }
    BigInteger value = new BigInteger(1, bigEndian);
    BigInteger mask = BigInteger.ONE.shiftLeft(SCALAR_RADIX).subtract(BigInteger.ONE);
    ByteBuffer limbs = ByteBuffer.allocate(5 * Long.BYTES);
    for (int i = 0; i < 5; i++) {
      limbs.putLong(value.shiftRight(SCALAR_RADIX * i).and(mask).longValueExact());
    }
    needles.put(name + " as limbs", Bytes.wrap(limbs.array()));
  }

  /** Its encoding, and each coordinate as the very limbs that the same computation leaves. */
  private void point(String name, RistrettoElement element) throws ReflectiveOperationException {
    Object point = field(element, "point");
    for (String coordinate : List.of("x", "y", "z", "t")) {
      ByteBuffer limbs = ByteBuffer.allocate(5 * Long.BYTES);
      for (int i = 0; i < 5; i++) {
        limbs.putLong((long) field(field(point, coordinate), "l" + i));
      }
      needles.put(name + ", " + coordinate, Bytes.wrap(limbs.array()));
    }
    needles.put(name, element.encode());
  }

  private static Object field(Object of, String name) throws ReflectiveOperationException {
    var field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }
}
