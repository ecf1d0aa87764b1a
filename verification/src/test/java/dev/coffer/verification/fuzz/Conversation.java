package dev.coffer.verification.fuzz;

import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestHost;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.outcome.OutcomeTree;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What really goes over the wires while people register, guess, recover and delete, for seeds: a
 * fleet of three, founded anew and always the same.
 */
final class Conversation {
  final TestFleet fleet = TestFleet.founded(3, 2);
  final TestClient alice = new TestClient(fleet, "alice", 5);
  final TestClient bob = new TestClient(fleet, "bob", 6);
  final List<Request> requests = new ArrayList<>();
  final List<TestFleet.Ordered> ordered = new ArrayList<>();
  final List<TestClient.Answer> answers = new ArrayList<>();

  private final Bytes secret = Bytes.wrap(new byte[60]);

  Conversation() {
    try {
      register(alice);
      register(bob);
      Request.Attempt wrong = alice.attempt("0000", fleet.k());
      ask(alice, wrong);
      ask(alice, wrong);
      Request.Attempt right = alice.attempt("1234", fleet.k());
      TestClient.Answer granted = ask(alice, right);
      ask(
          alice,
          alice.success(
              right,
              granted.outcome().attemptNumber(),
              granted.outcome().generation(),
              alice.keys(right, "1234", granted).authSeed()));
      ask(bob, bob.delete(1, new Authorisation.Owner(Bytes.zeros(64))));
      ask(bob, bob.byLogin(bob.delete(1, new Authorisation.None())));
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  private void register(TestClient client) throws Rejected {
    Request.RegisterStart start = client.start(client.registrationId(), "1234", fleet.k());
    fleet.tick();
    TestClient.Answer granted = ask(client, start);
    Request.RegisterFinish bare =
        client.finish(start, granted, "1234", secret, new Authorisation.None());
    ask(client, client.byLogin(bare));
  }

  private TestClient.Answer ask(TestClient client, Request request) throws Rejected {
    TestFleet.Ordered entry = fleet.order(client.admit(request));
    TestClient.Answer answer = client.open(request, entry, 0);
    requests.add(request);
    ordered.add(entry);
    answers.add(answer);
    return answer;
  }

  /** A wrong guess of Alice's that has been admitted and not ordered. */
  Bytes nextEntry() {
    return new Entry(List.of(alice.admit(alice.attempt("1111", fleet.k())))).encode();
  }

  TestHost host() {
    return fleet.host(1);
  }

  /** The store as it stands. */
  RecordBook book() throws Rejected {
    return host().book(fleet.k());
  }

  List<VaultAnswer> vaultAnswers() {
    return ordered.stream()
        .map(entry ->
            new VaultAnswer(
                entry.certificate(),
                1,
                0,
                entry.leaves().getFirst(),
                OutcomeTree.path(entry.leaves(), 0),
                entry.to(0)))
        .toList();
  }

  FleetDelivery delivery() {
    return FleetDelivery.pinned(fleet.fleet(), List.of(ordered.getLast().certificate()));
  }

  static Bytes written(Consumer<CanonicalWriter> parts) {
    CanonicalWriter out = new CanonicalWriter();
    parts.accept(out);
    return out.toBytes();
  }
}
