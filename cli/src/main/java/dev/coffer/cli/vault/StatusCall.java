package dev.coffer.cli.vault;

import dev.coffer.cli.home.FleetAddress;
import dev.coffer.client.port.Pause;
import dev.coffer.evidence.Expectations;
import dev.coffer.evidence.Inquiry;
import dev.coffer.notary.http.Fetch;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * {@code POST /v1/status} and {@code /v1/attestation} of a fleet's nodes, of all at once and under
 * one deadline, however slowly an answer drips. A node that says that it is busy is asked again
 * within it. Nothing that is answered is checked here.
 */
public final class StatusCall implements Expectations.Hsms, Inquiry.Hsms {
  /** Silence is no answer, and a busy machine is no lie. */
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private static final Duration AGAIN = Duration.ofSeconds(1);

  /** Octets of the largest status: values, and a certificate with seven signatures. */
  private static final int ANSWER_MAX = 4 << 10;

  private final FleetAddress address;
  private final SSLContext tls;
  private final Pause time;
  private final Duration answer;

  /** To the nodes at {@code address}. */
  public StatusCall(FleetAddress address) throws IOException {
    this(address, Pause.blocking(), ANSWER);
  }

  /**
   * @param answer the latest moment for what all HSMs say, bodies included
   */
  StatusCall(FleetAddress address, Pause time, Duration answer) throws IOException {
    this.address = address;
    this.tls = address.tls();
    this.time = time;
    this.answer = answer;
  }

  @Override
  public List<Optional<Bytes>> statuses(int hsms, Bytes nonce) {
    return answers("/v1/status", hsms, nonce);
  }

  @Override
  public List<Optional<Bytes>> attestations(int hsms, Bytes nonce) {
    return answers("/v1/attestation", hsms, nonce);
  }

  private List<Optional<Bytes>> answers(String path, int hsms, Bytes nonce) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Fetch fetch = new Fetch(answer, Optional.of(tls))) {
      List<Callable<Optional<Bytes>>> questions = new ArrayList<>();
      for (int index = 1; index <= hsms; index++) {
        Optional<URI> node = node(index, path);
        questions.add(() -> node.isEmpty() ? Optional.empty() : ask(fetch, node.get(), nonce));
      }
      List<Optional<Bytes>> said = new ArrayList<>();
      for (Future<Optional<Bytes>> one :
          threads.invokeAll(questions, answer.toMillis(), TimeUnit.MILLISECONDS)) {
        boolean inTime = one.state() == Future.State.SUCCESS;
        said.add(inTime ? one.resultNow() : Optional.empty());
      }
      return said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Collections.nCopies(hsms, Optional.empty());
    }
  }

  private Optional<URI> node(int index, String path) {
    return index > address.nodes().size()
        ? Optional.empty()
        : Optional.of(address.nodes().get(index - 1).resolve(path));
  }

  private Optional<Bytes> ask(Fetch fetch, URI node, Bytes nonce)
      throws IOException, InterruptedException {
    while (true) {
      Fetch.Reply reply = fetch.post(node, nonce, ANSWER_MAX);
      if (reply.status() == 200) {
        return Optional.of(reply.body());
      }
      if (reply.status() != 429 && reply.status() != 503) {
        return Optional.empty();
      }
      time.await(AGAIN);
    }
  }
}
