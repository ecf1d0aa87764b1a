package dev.coffer.node.http;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** A request and its one answer. For one thread. */
final class Exchange {
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final Progress progress;
  private boolean answered;

  /** Told how far it is: a connection keeps its place only while this node works on its request. */
  interface Progress {
    /** The body is here. */
    void works();

    /** The answer is on its way. */
    void writes();
  }

  Exchange(Request request, Response response, Callback callback, Progress progress) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.progress = progress;
    set("Cache-Control", "no-store");
  }

  String method() {
    return request.getMethod();
  }

  String path() {
    return Request.getPathInContext(request);
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /** Where the connection comes from. */
  InetAddress from() {
    return ((InetSocketAddress) request.getConnectionMetaData().getRemoteSocketAddress())
        .getAddress();
  }

  /** The first {@code max} octets of the body, or all of it if it is shorter. */
  Bytes body(int max) throws IOException {
    try (InputStream in = Content.Source.asInputStream(request)) {
      Bytes body = Bytes.wrap(in.readNBytes(max));
      progress.works();
      return body;
    }
  }

  /** Sets a header of the answer. */
  void set(String name, String value) {
    response.getHeaders().put(name, value);
  }

  boolean answered() {
    return answered;
  }

  /** Answers without a body. */
  void send(int status) {
    answered = true;
    progress.writes();
    response.setStatus(status);
    callback.succeeded();
  }

  /** Answers; the octets may still be on their way when this returns. */
  void send(int status, String type, byte[] body) {
    answered = true;
    progress.writes();
    response.setStatus(status);
    set("Content-Type", type);
    set("Content-Length", Integer.toString(body.length));
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  /** There is no answer: the connection ends. */
  void fail(Throwable cause) {
    answered = true;
    callback.failed(cause);
  }
}
