package dev.coffer.analysis.timing;

import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.List;
import java.util.Random;

/**
 * What one HSM does with a request: {@code capture NAME} or, after that, {@code release NAME}. The
 * names are those of {@link #request}.
 */
public final class AnswerExperiment implements Experiment {
  private static final Bytes SECRET = Bytes.zeros(60);
  private static final String CODE = "123456";

  private final TestFleet fleet = TestFleet.founded(3, 2);
  private final TestClient live = new TestClient(fleet, "alice", 1);
  private final TestClient locked = new TestClient(fleet, "mallory", 2);
  private final TestClient deleted = new TestClient(fleet, "oscar", 3);
  private final TestClient unknown = new TestClient(fleet, "nobody", 4);
  private final Random draws = new Random(5);
  private Statement own;
  private int used;
  private Bytes captured;

  /** Accounts in every state. */
  public AnswerExperiment() throws Rejected {
    live.enrol(CODE, SECRET);
    locked.enrol(CODE, SECRET);
    while (locked.guess("000000").code() != OutcomeCode.EXHAUSTED) {
      // Until it is locked.
    }
    deleted.enrol(CODE, SECRET);
    Request.Delete bare = deleted.delete(fleet.k(), 1, new Authorisation.None());
    deleted.ask(deleted.authorised(bare, deleted.byOwner(SECRET, SignedTexts.ownerDelete(bare))));
  }

  private Bytes entry(String name) throws Rejected {
    long k = fleet.k();
    TestClient client =
        switch (name) {
          case "locked", "proof for a locked account" -> locked;
          case "deleted", "proof for a deleted account" -> deleted;
          case "unknown", "proof for an unknown account" -> unknown;
          default -> live;
        };
    if (client == live && ++used % 5 == 0) {
      live.recover(CODE);
      k = fleet.k();
    }
    return new Entry(List.of(client.admit(request(client, name, k)))).encode();
  }

  private Request request(TestClient client, String name, long k) throws Rejected {
    return switch (name) {
      case "right code" -> client.attempt(CODE, k);
      case "wrong code", "locked", "deleted", "unknown" -> client.attempt("654321", k);
      case "stale" -> client.attempt("654321", k + 100);
      case "right proof" -> proof(client, k, true);
      case "wrong proof" -> proof(client, k, false);
      default -> client.success(client.attempt(CODE, k), 1, 1, random());
    };
  }

  /** What a client sends after a wrong code. */
  private Bytes random() {
    byte[] octets = new byte[64];
    draws.nextBytes(octets);
    return Bytes.wrap(octets);
  }

  /** After an attempt of its own, whichever it is, so that the record is the same. */
  private Request proof(TestClient client, long k, boolean right) throws Rejected {
    Request.Attempt attempt = client.attempt(CODE, k);
    TestClient.Answer granted = client.ask(attempt);
    long number = granted.outcome().attemptNumber();
    long generation = granted.outcome().generation();
    return right
        ? client.success(
            attempt, number, generation, client.keys(attempt, CODE, granted).authSeed())
        : client.success(attempt, number, generation, random());
  }

  @Override
  public Runnable prepare(String work, long seed) {
    try {
      String name = work.substring(work.indexOf(' ') + 1);
      if (work.startsWith("release ")) {
        Certificate certificate = certificate();
        return quietly(() -> fleet.host(1).hsm().release(certificate, List.of(0)));
      }
      captured = entry(name);
      long k = fleet.k() + 1;
      return quietly(() -> own = fleet.host(1).capture(k, captured).statement().orElseThrow());
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of the entry that the first HSM has captured, once the others have. */
  private Certificate certificate() throws Rejected {
    Statement second = fleet.host(2).capture(own.values().k(), captured).statement().orElseThrow();
    fleet.host(3).capture(own.values().k(), captured);
    Certificate certificate = Certificate.of(List.of(own, second));
    fleet.host(2).hsm().release(certificate, List.of());
    fleet.host(3).hsm().release(certificate, List.of());
    return certificate;
  }

  private interface Call {
    void run() throws Rejected;
  }

  private static Runnable quietly(Call call) {
    return () -> {
      try {
        call.run();
      } catch (Rejected e) {
        throw new IllegalStateException(e);
      }
    };
  }
}
