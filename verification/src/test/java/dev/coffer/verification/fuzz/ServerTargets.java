package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The servers of node, log, witness and notary, each through a socket of its own. */
final class ServerTargets {
  /** Those of docs/openapi.yaml; some are the HTTP library's for what it does not know. */
  private static final Set<Integer> VAULT_STATUSES =
      Set.of(
          100, 200, 204, 400, 401, 404, 405, 410, 413, 414, 417, 421, 426, 429, 431, 501, 503, 505);

  private static final Set<Integer> PARTY_STATUSES =
      Set.of(100, 200, 202, 400, 403, 404, 405, 409, 413, 422, 429, 501, 503);

  private final Conversation talk;
  private final QuietParties parties = new QuietParties();

  ServerTargets(Conversation talk) {
    this.talk = talk;
  }

  List<Target> all() {
    try {
      return List.of(
          http("http-vault", vaultSeeds(), VAULT_STATUSES, w -> QuietNode.https(talk, w, false)),
          http("http-retired", vaultSeeds(), VAULT_STATUSES, w -> QuietNode.https(talk, w, true)),
          http("http-log", parties.logSeeds(), PARTY_STATUSES, w -> parties.logServer()),
          http(
              "http-witness", parties.witnessSeeds(), PARTY_STATUSES, w -> parties.witnessServer()),
          http("http-notary", parties.notarySeeds(), PARTY_STATUSES, w -> parties.notaryServer()),
          peerSocket(),
          new PeerCallTarget(talk).target());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Target http(
      String name, List<Bytes> own, Set<Integer> documented, ServerTarget.Start start) {
    List<Bytes> seeds = new ArrayList<>(own);
    oddRequests().forEach(odd -> seeds.add(request(0, odd, Bytes.EMPTY)));
    return ServerTarget.of(
        name,
        seeds,
        start,
        answers -> HttpAnswers.read(answers, documented).stream().anyMatch(s -> s / 100 == 2));
  }

  /** u8 manner ‖ head ‖ body. */
  static Bytes request(int manner, String head, Bytes body) {
    return Bytes.wrap(new byte[] {(byte) manner})
        .concat(Codecs.utf8(head.replace("\n", "\r\n")))
        .concat(body);
  }

  /** Ways to ask for things, good and odd, that any server has to cope with. */
  private static List<String> oddRequests() {
    return List.of(
        "GET /healthz HTTP/1.1\nHost: a\n\n",
        "GET /healthz HTTP/1.1\nHost: a\n\nGET /nothing HTTP/1.1\nHost: a\n\n",
        "HEAD /healthz HTTP/1.1\nHost: a\nConnection: close\n\n",
        "OPTIONS * HTTP/1.1\nHost: a\n\n",
        "GET mailto:a HTTP/1.1\nHost: a\n\n",
        "GET http://other.example/healthz?x=%20 HTTP/1.0\n\n",
        "GET /a%00/../%2e%2e/etc HTTP/1.1\nHost: a\nOrigin: http://b\n\n",
        "POST /healthz HTTP/1.1\nContent-Length: 5\nContent-Length: 6\n\nhello",
        "POST /healthz HTTP/1.1\nTransfer-Encoding: chunked\n\n3;a=b\nabc\n0\n\n",
        "PUT /healthz HTTP/1.1\nExpect: 100-continue\nContent-Length: 3\n\nabc",
        "CONNECT a:1 HTTP/1.1\nUpgrade: h2c\nConnection: Upgrade\nfolded: a\n b\n\n",
        "GET //healthz HTTP/9.9\nHost: \u00fc\n\n");
  }

  private List<Bytes> vaultSeeds() {
    Bytes sealed =
        talk.alice.seal(talk.alice.attempt("2222", talk.fleet.k()), QuietNode.SELF).encode();
    Bytes elsewhere = talk.alice.seal(talk.alice.attempt("2222", talk.fleet.k()), 1).encode();
    String vault = "POST /v1/vault HTTP/1.1\nHost: a\nContent-Type: application/octet-stream\n";
    String length = "Content-Length: " + sealed.size() + "\n\n";
    String chunk = "Transfer-Encoding: chunked\n\n" + Integer.toHexString(sealed.size()) + "\n";
    Bytes lastChunk = Codecs.utf8("\r\n0\r\n\r\n");
    List<Bytes> seeds = new ArrayList<>();
    seeds.add(request(0, vault + length, sealed));
    seeds.add(request(SocketTalk.KEEP_OPEN, vault + "Coffer-Replies: all\n" + length, elsewhere));
    seeds.add(request(0, vault + "Coffer-Insist: yes\n" + chunk, sealed.concat(lastChunk)));
    seeds.add(request(0, vault + "Content-Length: 8193\n\n", Bytes.zeros(8193)));
    seeds.add(request(SocketTalk.CLEAR, vault + length, sealed));
    Stream.of("/v1/bundle", "/v1/fleets", "/readyz")
        .map(path -> "GET " + path + " HTTP/1.1\nHost: a\nOrigin: https://app.example\n\n")
        .forEach(text -> seeds.add(request(0, text, Bytes.EMPTY)));
    return seeds;
  }

  /** Frames of another node, and what is no frame at all, over the link between nodes. */
  private Target peerSocket() {
    List<Bytes> seeds = new ArrayList<>();
    Bytes all = Bytes.EMPTY;
    for (PeerCallTarget.Call call : PeerCallTarget.calls(talk)) {
      Bytes frame =
          new CanonicalWriter()
              .u32(11 + call.body().size())
              .u8(call.method().asked() ? 0 : 1)
              .u64(7)
              .u16(call.method().number())
              .raw(call.body())
              .toBytes();
      seeds.add(Bytes.wrap(new byte[] {SocketTalk.KEEP_OPEN}).concat(frame));
      all = all.concat(frame);
    }
    seeds.add(Bytes.wrap(new byte[] {SocketTalk.PIECES}).concat(all));
    return ServerTarget.of(
        "peer-socket", seeds, watch -> QuietNode.peers(talk, watch), ServerTargets::framed);
  }

  /** Answers and refusals, nothing else; the last may be cut off. */
  private static boolean framed(Bytes answers) throws Exception {
    Doors.Door read = Doors.door("node.peer.Frame", "read", DataInputStream.class);
    Doors.Door kind = Doors.door("node.peer.Frame", "kind");
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(answers.toByteArray()));
    boolean answered = false;
    try {
      for (Object frame = read.call(null, in); frame != null; frame = read.call(null, in)) {
        String is = kind.call(frame).toString();
        if (!is.equals("ANSWER") && !is.equals("REFUSE")) {
          throw new AssertionError("a node that is asked sends " + is);
        }
        answered |= is.equals("ANSWER");
      }
    } catch (EOFException cutOff) {
      return answered;
    }
    return answered;
  }
}
