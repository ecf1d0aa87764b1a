package dev.coffer.verification.world;

import dev.coffer.hsm.harness.TestClient;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.threshold.Sharing;
import java.util.List;
import java.util.Optional;

/** What a client makes of partial results of which some may be lies (PROTOCOL.md §6.3). */
record Evaluation(TestClient.Answer answer, int n) {
  /** Whether t+1 of them say the same: then that is what the key gives. */
  boolean confirmed() {
    return !answer.partials().isEmpty()
        && agreement() instanceof Sharing.Agreement.Confirmed<RistrettoElement>;
  }

  private Sharing.Agreement<RistrettoElement> agreement() {
    return Sharing.among(n).agree(Ristretto255.GROUP, answer.partials());
  }

  /** Without those that are known to be lies. */
  TestClient.Answer sound() {
    return !answer.partials().isEmpty()
            && agreement() instanceof Sharing.Agreement.Confirmed<RistrettoElement> confirmed
        ? of(confirmed.agreeing())
        : answer;
  }

  private TestClient.Answer of(List<Integer> indices) {
    return new TestClient.Answer(
        answer.outcome(),
        answer.payload(),
        answer.partials().stream().filter(partial -> indices.contains(partial.index())).toList());
  }

  /** Those results with which {@code typed} gives {@code authKey}, if some t do. */
  Optional<TestClient.Answer> leadingTo(
      Bytes authKey, TestClient me, Request request, String typed) {
    return Sharing.among(n).candidates(Ristretto255.GROUP, answer.partials()).stream()
        .map(candidate -> of(candidate.agreeing()))
        .filter(some -> me.keys(request, typed, some).authKey().equals(authKey))
        .findFirst();
  }
}
