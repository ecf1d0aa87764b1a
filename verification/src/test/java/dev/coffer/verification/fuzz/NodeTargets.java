package dev.coffer.verification.fuzz;

import static dev.coffer.verification.fuzz.Conversation.written;

import dev.coffer.files.SettingMistake;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.core.Meters;
import dev.coffer.node.core.NodeClock;
import dev.coffer.node.door.Door;
import dev.coffer.node.http.JwtGate;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.outcome.SealedReply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a node reads from other nodes, from clients, from its disk and from its operator. */
final class NodeTargets {
  private static final String MESSAGES = "node.core.Messages";

  private final Conversation talk;
  private final Certificate certificate;

  NodeTargets(Conversation talk) {
    this.talk = talk;
    this.certificate = talk.ordered.getLast().certificate();
  }

  List<Target> all() {
    return Stream.of(messages(), questions(), List.of(peerFrame(), login(), configuration()))
        .flatMap(List::stream)
        .toList();
  }

  /** A type with {@code encode()} and a static {@code decode(Bytes)} that nobody else may see. */
  private static Target closed(String name, String type, Bytes... seeds) {
    Doors.Door decode = Doors.door(type, "decode", Bytes.class);
    Doors.Door encode = Doors.door(type, "encode");
    return Codecs.whole(
        name, List.of(seeds), input -> decode.call(null, input), value -> bytes(encode, value));
  }

  private static Bytes bytes(Doors.Door encode, Object target, Object... arguments) {
    try {
      return (Bytes) encode.call(target, arguments);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A pair of static methods. */
  private static Target pair(String name, String reader, String writer, Class<?> of, Bytes seed) {
    Doors.Door read = Doors.door(MESSAGES, reader, Bytes.class);
    Doors.Door write = Doors.door(MESSAGES, writer, of);
    return Codecs.whole(
        name, List.of(seed), input -> read.call(null, input), value -> bytes(write, null, value));
  }

  private List<Target> messages() {
    Bytes place = new CanonicalWriter().u16(0).u64(9).u16(3).toBytes();
    Bytes beats = new CanonicalWriter().u16(1).u16(0).u64(9).u64(8).bool(true).toBytes();
    Doors.Door readBeats = Doors.door(MESSAGES + "$Beat", "decode", Bytes.class);
    Doors.Door writeBeats = Doors.door(MESSAGES + "$Beat", "encode", List.class);
    Bytes hashes = new CanonicalWriter().u32(2).raw(Bytes.zeros(64)).toBytes();
    return List.of(
        closed("peer-submission", MESSAGES + "$Submission", submission(talk)),
        closed(
            "peer-challenge", MESSAGES + "$Challenge", place.slice(0, 2).concat(Bytes.zeros(32))),
        closed("peer-release", MESSAGES + "$ReleaseWanted", place),
        closed("peer-replies", MESSAGES + "$Replies", replies()),
        closed(
            "peer-hashes-wanted",
            MESSAGES + "$HashesWanted",
            new CanonicalWriter().u16(0).u64(9).u32(3).toBytes()),
        closed("peer-voter", MESSAGES + "$VoterWanted", place.slice(0, 10)),
        closed("peer-certificates", "node.core.CertificatesWanted", place.slice(0, 10)),
        Codecs.whole(
            "peer-beats",
            List.of(beats),
            input -> readBeats.call(null, input),
            value -> bytes(writeBeats, null, value)),
        pair("peer-hashes", "hashes", "hashes", List.class, hashes),
        pair(
            "peer-certificate", "certificate", "certificate", Optional.class, certificate.encode()),
        closed("envelope", "node.core.Envelope", envelope()));
  }

  static Bytes submission(Conversation talk) {
    try {
      Entry.Item item = Entry.decode(talk.nextEntry()).items().getFirst();
      return new CanonicalWriter()
          .u16(0)
          .raw(item.treeKey().value())
          .u8(1)
          .string(item.operation())
          .u8(3)
          .bool(true)
          .u64(77)
          .toBytes();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Bytes replies() {
    SealedReply reply = talk.ordered.getLast().to(0).getFirst();
    return written(out -> {
      certificate.write(out);
      out.u16(1).u16(1).u64(5).u16(0).raw(Bytes.zeros(32)).u8(0).u8(7);
      reply.write(out);
    });
  }

  private Bytes envelope() {
    return written(out -> {
      out.u8(1).u16(1).u8(2).u64(5).u8(7).bool(true);
      certificate.write(out);
      out.field(talk.ordered.getLast().entry());
    });
  }

  private List<Target> questions() {
    String type = "node.sync.Question";
    Bytes offer = new CanonicalWriter().u16(0).u8(1).u64(4).toBytes();
    Bytes pages = new CanonicalWriter().u16(0).u8(2).u64(4).u16(1).string(Bytes.zeros(3)).toBytes();
    Bytes records = new CanonicalWriter().u16(0).u8(3).u64(4).u16(1).raw(Bytes.zeros(32)).toBytes();
    Bytes hashes = new CanonicalWriter().u16(0).u8(4).u64(4).u16(9).toBytes();
    Doors.Door answered = Doors.door("node.core.CertificatesWanted", "answered", Bytes.class);
    Bytes answer = written(out -> certificate.write(out.u16(1)));
    return List.of(
        closed("sync-question", type, offer, pages, records, hashes),
        Codecs.survives(
            "peer-certificates-answer", List.of(answer), input -> answered.call(null, input)));
  }

  /** One frame between nodes; whatever follows it is the next one's. */
  private static Target peerFrame() {
    Doors.Door read = Doors.door("node.peer.Frame", "read", DataInputStream.class);
    Doors.Door write = Doors.door("node.peer.Frame", "write", DataOutputStream.class);
    Bytes seed = new CanonicalWriter().u32(15).u8(1).u64(7).u16(2).raw(Bytes.zeros(4)).toBytes();
    return new Target(
        "peer-frame",
        List.of(seed),
        input -> {
          ByteArrayInputStream in = new ByteArrayInputStream(input.toByteArray());
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          try {
            Object frame = read.call(null, new DataInputStream(in));
            if (frame == null) {
              return Optional.empty();
            }
            write.call(frame, new DataOutputStream(out));
          } catch (IOException e) {
            return Optional.empty();
          }
          out.writeBytes(in.readAllBytes());
          return Optional.of(Bytes.wrap(out.toByteArray()));
        });
  }

  /** Token ‖ whatever a library makes of it: refused in the node's own words or let through. */
  private Target login() {
    JwtGate gate =
        new JwtGate(talk.fleet.fleet(), clock(), new Door(Door.Rates.NONE, clock(), Meters.NONE));
    return Codecs.survives(
        "login-gate",
        List.of(written(talk.alice.token()::write)),
        input -> {
          CanonicalReader in = new CanonicalReader(input);
          LoginToken token = LoginToken.read(in);
          in.end();
          try {
            gate.check(token);
            return Optional.of(token);
          } catch (Refusal e) {
            return Optional.empty();
          }
        });
  }

  private static NodeClock clock() {
    return new NodeClock() {
      @Override
      public long nanos() {
        return 0;
      }

      @Override
      public Instant now() {
        return Instant.ofEpochSecond(1_900_000_000);
      }
    };
  }

  /** The file that an operator edits: a mistake is named, never a stack trace. */
  private static Target configuration() {
    try {
      Path folder = Files.createTempDirectory("coffer-fuzz");
      folder.toFile().deleteOnExit();
      Path file = folder.resolve("node.properties");
      file.toFile().deleteOnExit();
      config(folder).write(file);
      Bytes seed = Bytes.wrap(Files.readAllBytes(file));
      return Codecs.survives(
          "node-configuration",
          List.of(seed),
          input -> {
            Files.write(file, input.toByteArray());
            try {
              return Optional.of(NodeConfig.read(file));
            } catch (SettingMistake | IOException e) {
              return Optional.empty();
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NodeConfig config(Path folder) {
    List<NodeConfig.Member> members =
        List.of(
            new NodeConfig.Member(1, "node1.example", 7001, 7101),
            new NodeConfig.Member(2, "node2.example", 7002, 7102));
    return NodeConfig.local(folder, 1, members, 8443, folder.resolve("coffer-hsm"));
  }
}
