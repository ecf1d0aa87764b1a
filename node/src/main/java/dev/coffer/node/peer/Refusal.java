package dev.coffer.node.peer;

import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;

/**
 * A node did not do what it was asked. Nothing is lost: each reason says what the asker does next.
 * Travels between nodes and, as problem details, to clients; carries no input and no account names.
 */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why, and what to do. Numbers are stable. */
  public enum Reason {
    MALFORMED(301, 400, "Build the message again from its specification."),
    LOGIN_EXPIRED(302, 401, "Log in again and send the same request with the new login."),
    LOGIN_INVALID(
        303, 401, "Log in again; if that does not help, check the app's issuer settings."),
    TOO_LARGE(304, 413, "Send at most 8 KiB."),
    WRONG_FLEET(305, 421, "Fetch the bundle again and address the fleet it names."),
    BUSY(306, 429, "Send the same request again a little later, or through another node."),
    TRY_AGAIN(307, 503, "Send the same request again after the given time: it costs nothing."),
    NOT_LEADER(308, 503, "Ask the leader."),
    NOT_FOUND(309, 404, "Ask another node."),
    STOPPED(310, 503, "An operator has to look at this node; use another one."),
    UNREACHABLE(311, 503, "Ask again: the link or the node is away for the moment."),
    METHOD(312, 405, "Use a method that the Allow header names."),
    FAULT(313, 500, "Send the same request to another node; this one's log says more."),
    LIMITED(314, 429, "Send the same request again after the given time: it costs nothing.");

    private final int number;
    private final int httpStatus;
    private final String next;

    Reason(int number, int httpStatus, String next) {
      this.number = number;
      this.httpStatus = httpStatus;
      this.next = next;
    }

    /** The stable number, also a metric. */
    public int number() {
      return number;
    }

    /** The status of an HTTP answer that reports it. */
    public int httpStatus() {
      return httpStatus;
    }

    /** What the asker does next. */
    public String next() {
      return next;
    }

    /** The reason with that number. */
    public static Reason of(int number) throws Rejected {
      for (Reason reason : values()) {
        if (reason.number == number) {
          return reason;
        }
      }
      throw new Rejected(RejectionCode.UNKNOWN_TAG, "refusal");
    }
  }

  private final Reason reason;
  private final int afterSeconds;

  /**
   * @param detail a constant phrase; never input
   */
  public Refusal(Reason reason, String detail) {
    this(reason, detail, 1);
  }

  /**
   * @param detail a constant phrase; never input
   * @param afterSeconds when to come again, for whoever asked this node itself
   */
  public Refusal(Reason reason, String detail, int afterSeconds) {
    super(detail);
    Invariant.check(detail.length() <= 200, "a refusal is one sentence");
    this.reason = reason;
    this.afterSeconds = afterSeconds;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }

  /** Seconds until coming again may help. Does not travel between nodes. */
  public int afterSeconds() {
    return afterSeconds;
  }

  /** The phrase that explains it. */
  public String detail() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
