package dev.coffer.backup.remote;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** The body of an answer; empty as soon as it is longer than allowed, and not read any further. */
@NotForPhones
final class LimitedBody implements HttpResponse.BodySubscriber<Optional<byte[]>> {
  private final int sizeMax;
  private final Movement movement;
  private final CompletableFuture<Optional<byte[]>> whole = new CompletableFuture<>();
  private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
  private Flow.Subscription subscription = new None();

  private static final class None implements Flow.Subscription {
    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  }

  private LimitedBody(int sizeMax, Movement movement) {
    this.sizeMax = sizeMax;
    this.movement = movement;
  }

  /** Of at most {@code sizeMax} octets; the head of the answer is a step of the movement. */
  static HttpResponse.BodyHandler<Optional<byte[]>> of(int sizeMax, Movement movement) {
    return head -> {
      movement.by(Movement.STEP);
      long told = head.headers().firstValueAsLong("Content-Length").orElse(0);
      return new LimitedBody(told > sizeMax ? -1 : sizeMax, movement);
    };
  }

  @Override
  public void onSubscribe(Flow.Subscription to) {
    subscription = to;
    if (sizeMax < 0) {
      end();
    } else {
      to.request(Long.MAX_VALUE);
    }
  }

  private void end() {
    subscription.cancel();
    whole.complete(Optional.empty());
  }

  @Override
  public void onNext(List<ByteBuffer> more) {
    for (ByteBuffer buffer : more) {
      if (whole.isDone()) {
        return;
      }
      byte[] next = new byte[buffer.remaining()];
      buffer.get(next);
      if (octets.size() + next.length > sizeMax) {
        end();
        return;
      }
      octets.write(next, 0, next.length);
      movement.by(next.length);
    }
  }

  @Override
  public void onError(Throwable trouble) {
    whole.completeExceptionally(trouble);
  }

  @Override
  public void onComplete() {
    whole.complete(Optional.of(octets.toByteArray()));
  }

  @Override
  public CompletionStage<Optional<byte[]>> getBody() {
    return whole;
  }
}
