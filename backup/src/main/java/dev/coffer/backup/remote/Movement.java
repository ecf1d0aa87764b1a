package dev.coffer.backup.remote;

import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** Whether a request and its answer move, however slowly: step by step. Thread-safe. */
@NotForPhones
final class Movement {
  /** Octets of a step, sent and received together. */
  static final int STEP = 16 << 10;

  private CompletableFuture<Void> step = new CompletableFuture<>();
  private int octets;

  /** Takes note of octets that moved. */
  void by(int more) {
    CompletableFuture<Void> done;
    synchronized (this) {
      octets += more;
      if (octets < STEP) {
        return;
      }
      octets = 0;
      done = step;
    }
    done.complete(null);
  }

  /** The next step; done already if there was one since somebody asked. */
  synchronized CompletableFuture<Void> next() {
    CompletableFuture<Void> next = step;
    if (next.isDone()) {
      step = new CompletableFuture<>();
    }
    return next;
  }

  /** The same request, whose body is taken note of as the connection takes it. */
  HttpRequest.Builder watched(HttpRequest request) {
    HttpRequest.Builder watched = HttpRequest.newBuilder(request, (name, value) -> true);
    request.bodyPublisher().ifPresent(body -> watched.method(request.method(), new Watched(body)));
    return watched;
  }

  @NotForPhones
  private final class Watched implements HttpRequest.BodyPublisher {
    private final HttpRequest.BodyPublisher body;

    Watched(HttpRequest.BodyPublisher body) {
      this.body = body;
    }

    @Override
    public long contentLength() {
      return body.contentLength();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
      body.subscribe(
          new Flow.Subscriber<ByteBuffer>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
              subscriber.onSubscribe(subscription);
            }

            @Override
            public void onNext(ByteBuffer octets) {
              by(octets.remaining());
              subscriber.onNext(octets);
            }

            @Override
            public void onError(Throwable trouble) {
              subscriber.onError(trouble);
            }

            @Override
            public void onComplete() {
              subscriber.onComplete();
            }
          });
    }
  }
}
