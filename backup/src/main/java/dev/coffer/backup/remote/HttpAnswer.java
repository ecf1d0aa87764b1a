package dev.coffer.backup.remote;

/** What a service answered. */
public final class HttpAnswer {
  private final int status;
  private final byte[] body;
  private final boolean tooLong;

  HttpAnswer(int status, byte[] body, boolean tooLong) {
    this.status = status;
    this.body = body;
    this.tooLong = tooLong;
  }

  /** The status of HTTP. */
  public int status() {
    return status;
  }

  /** Not copied; empty if it was longer than allowed. */
  public byte[] body() {
    return body;
  }

  /** Whether the body was longer than allowed. */
  public boolean tooLong() {
    return tooLong;
  }

  /** Whether the service did what it was asked for. */
  public boolean isFine() {
    return status / 100 == 2;
  }
}
