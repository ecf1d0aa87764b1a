package dev.coffer.verification.fuzz;

import static dev.coffer.verification.fuzz.Codecs.part;
import static dev.coffer.verification.fuzz.Codecs.survives;
import static dev.coffer.verification.fuzz.Codecs.whole;
import static dev.coffer.verification.fuzz.Conversation.written;

import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.login.LoginAssertion;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.outcome.SuccessPayload;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.port.HsmFrames;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SealedMessage;
import dev.coffer.protocol.tree.PartialTree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every decoder of the protocol module: what clients, hosts and HSMs read from each other. */
final class ProtocolTargets {
  private final Conversation talk;

  ProtocolTargets(Conversation talk) {
    this.talk = talk;
  }

  List<Target> all() {
    return Stream.of(messages(), chain(), answers(), logins()).flatMap(List::stream).toList();
  }

  private List<Target> messages() {
    List<Bytes> sealed = talk.requests.stream().map(r -> sealed(r).encode()).toList();
    List<Bytes> plain = talk.requests.stream().map(Request::encode).toList();
    List<Bytes> padded = talk.requests.stream().map(Request::pad).toList();
    Subject subject = talk.alice.subject();
    return List.of(
        whole("sealed-message", sealed, SealedMessage::decode, SealedMessage::encode),
        whole("request", plain, Request::decode, Request::encode),
        whole("padded-request", padded, Request::unpad, Request::pad),
        part(
            "subject",
            List.of(subject.encode()),
            Subject::read,
            (read, out) -> out.raw(read.encode())),
        part(
            "registration",
            List.of(written(registration()::write)),
            Registration::read,
            Registration::write),
        part(
            "ksf-parameters",
            List.of(written(KsfParameters.DEFAULT::write)),
            KsfParameters::read,
            KsfParameters::write),
        whole("element", elements(), Ristretto255.GROUP::decode, e -> e.encode()));
  }

  private SealedMessage sealed(Request request) {
    boolean bobs = request.header().subject().equals(talk.bob.subject());
    return (bobs ? talk.bob : talk.alice).seal(request, 1);
  }

  private Registration registration() {
    for (Request request : talk.requests) {
      if (request instanceof Request.RegisterFinish finish) {
        return finish.registration();
      }
    }
    throw new IllegalStateException("somebody registers");
  }

  private List<Bytes> elements() {
    List<Bytes> encodings = new ArrayList<>();
    for (Request request : talk.requests) {
      if (request instanceof Request.Attempt attempt) {
        encodings.add(attempt.blindedElement());
      }
    }
    return encodings;
  }

  private List<Target> chain() {
    List<Certificate> certificates = talk.ordered.stream().map(o -> o.certificate()).toList();
    ChainValues values = certificates.getLast().values();
    Statement statement = talk.host().restate(values.k()).orElseThrow();
    List<Bytes> entries = new ArrayList<>(talk.ordered.stream().map(o -> o.entry()).toList());
    entries.add(talk.nextEntry());
    return List.of(
        whole("entry", entries, Entry::decode, Entry::encode),
        whole(
            "certificate",
            certificates.stream().map(Certificate::encode).toList(),
            Certificate::decode,
            Certificate::encode),
        part(
            "chain-values", List.of(written(values::write)), ChainValues::read, ChainValues::write),
        part("statement", List.of(written(statement::write)), Statement::read, Statement::write),
        part(
            "signed-status",
            List.of(written(status()::write)),
            SignedStatus::read,
            SignedStatus::write),
        whole("partial-tree", trees(), PartialTree::decode, PartialTree::encode));
  }

  private SignedStatus status() {
    try {
      return talk.host().hsm().status(0, Bytes.zeros(32));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Bytes> trees() {
    try {
      var keys = Entry.decode(talk.nextEntry()).touched();
      List<Bytes> proofs = new ArrayList<>(List.of(PartialTree.empty().encode()));
      for (long k = 0; k <= talk.fleet.k(); k++) {
        proofs.add(talk.host().book(k).proof(keys));
      }
      return proofs;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Target> answers() {
    Outcome outcome = talk.answers.getFirst().outcome();
    List<Bytes> contents =
        talk.answers.stream()
            .map(a -> new ReplyContent(a.outcome(), Bytes.zeros(32), partial(), a.payload()).pad())
            .toList();
    SealedReply reply = talk.vaultAnswers().getFirst().replies().getFirst();
    return List.of(
        whole(
            "vault-answer",
            talk.vaultAnswers().stream().map(VaultAnswer::encode).toList(),
            VaultAnswer::decode,
            VaultAnswer::encode),
        whole(
            "fleet-delivery",
            List.of(talk.delivery().encode()),
            FleetDelivery::decode,
            FleetDelivery::encode),
        whole("fleet", List.of(talk.fleet.fleet().encode()), Fleet::decode, Fleet::encode),
        part("sealed-reply", List.of(written(reply::write)), SealedReply::read, SealedReply::write),
        part(
            "outcome",
            List.of(outcome.encode()),
            Outcome::read,
            (read, out) -> out.raw(read.encode())),
        whole("reply-content", contents, ReplyContent::unpad, ReplyContent::pad),
        whole("start-payload", payloads(0), StartPayload::decode, StartPayload::encode),
        whole("attempt-payload", payloads(1), AttemptPayload::decode, AttemptPayload::encode),
        whole("success-payload", payloads(2), SuccessPayload::decode, SuccessPayload::encode),
        part(
            "history",
            List.of(
                written(out ->
                    HistoryItem.writeAll(
                        List.of(new HistoryItem(HistoryItem.Kind.REFUSED, 3, 4)), out))),
            HistoryItem::readAll,
            HistoryItem::writeAll),
        frames());
  }

  private static Optional<Bytes> partial() {
    return Optional.of(Bytes.zeros(32));
  }

  private List<Bytes> payloads(int kind) {
    List<Bytes> payloads = new ArrayList<>();
    for (int i = 0; i < talk.requests.size(); i++) {
      int found =
          switch (talk.requests.get(i)) {
            case Request.RegisterStart start -> 0;
            case Request.Attempt attempt -> 1;
            case Request.Success success -> 2;
            case Request.RegisterFinish finish -> 3;
            case Request.Delete delete -> 3;
          };
      if (found == kind && talk.answers.get(i).payload().size() > 0) {
        payloads.add(talk.answers.get(i).payload());
      }
    }
    return payloads;
  }

  /** One frame between node and HSM; whatever follows it is the next one's. */
  private static Target frames() {
    return new Target(
        "hsm-frame",
        List.of(frame(new HsmFrames.Frame(7, 2, Bytes.zeros(40)), Bytes.EMPTY)),
        input -> {
          ByteArrayInputStream in = new ByteArrayInputStream(input.toByteArray());
          try {
            var read = HsmFrames.read(Channels.newChannel(in));
            return read.map(frame -> frame(frame, Bytes.wrap(in.readAllBytes())));
          } catch (IOException e) {
            return Optional.empty();
          }
        });
  }

  private static Bytes frame(HsmFrames.Frame frame, Bytes rest) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      HsmFrames.write(Channels.newChannel(out), frame);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return Bytes.wrap(out.toByteArray()).concat(rest);
  }

  private List<Target> logins() {
    LoginToken token = talk.alice.token();
    LoginAssertion assertion = sealed(talk.requests.getFirst()).assertion();
    Doors.Door json = Doors.door("protocol.json.StrictJson", "object", Bytes.class);
    List<Bytes> objects = new ArrayList<>();
    for (String part : token.jwt().split("\\.", 2)[1].split("\\.")[0].split(" ")) {
      objects.add(Bytes.wrap(Base64.getUrlDecoder().decode(part)));
    }
    objects.add(text("{\"a\":[1,-2,{\"b\":null,\"c\":true}],\"d\":\"\\u00e9\\n\"}"));
    return List.of(
        part("login-token", List.of(written(token::write)), LoginToken::read, LoginToken::write),
        part(
            "login-assertion",
            List.of(written(assertion::write)),
            LoginAssertion::read,
            LoginAssertion::write),
        survives("strict-json", objects, input -> json.call(null, input)));
  }

  private static Bytes text(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
