package dev.coffer.client.port;

import java.time.Duration;

/**
 * How often a client asks, and how long it waits: the one place of these numbers. A call of {@code
 * VaultClient} begins no request and no pause after {@link #CALL}, so that it ends {@link
 * #LONGEST_WAIT} after its begin at the latest, plus the time that the device stretches codes. It
 * then answers to try again; what has begun is kept and goes on with the next call (INV-8: a
 * repetition costs no guess). When a call ends does not depend on the code (INV-10).
 */
public final class RetryPolicy {
  /** After this time a call begins nothing more. */
  public static final Duration CALL = Duration.ofMinutes(2);

  /** How long a connection may take to come about. */
  public static final Duration CONNECTING = Duration.ofSeconds(10);

  /** How long one request may take to its whole answer, connecting included. */
  public static final Duration REQUEST = Duration.ofSeconds(20);

  /**
   * How long the first {@link #QUICK_TURNS} nodes of an exchange may say nothing before the next is
   * asked. A process that stands still accepts connections and never answers: it is as dead as one
   * that was killed. Not for later ones: where all are slow, asking more would make them slower.
   */
  public static final Duration QUICK = Duration.ofSeconds(1);

  /** See {@link #QUICK}. */
  public static final int QUICK_TURNS = 2;

  /** So long a node that said nothing is passed over in the first round of an exchange. */
  public static final Duration PASSED_OVER = Duration.ofSeconds(10);

  /** The longest that a user waits for a call, stretching left out: 140 seconds. */
  public static final Duration LONGEST_WAIT = CALL.plus(REQUEST);

  /** How many nodes are asked for a bundle, or for the way to another fleet. */
  public static final int NODES_ASKED = 5;

  /** How many times an operation is taken up anew when the record moved on meanwhile. */
  public static final int ROUNDS = 3;

  /** Refusals of a login after which an exchange ends: an app with an old token gets no newer. */
  public static final int LOGINS_REFUSED = 3;

  /** Sendings over one route that may fail before another route is looked for. */
  public static final int ROUTE_FAILURES = 3;

  /** How many nodes of another route are asked whether they are the fleet that is wanted. */
  public static final int ROUTE_CHECKS = 2;

  /** The first pause of an exchange's second round; each further one is twice as long. */
  public static final Duration PAUSE_FIRST = Duration.ofMillis(200);

  /** The longest pause between two sendings, whatever a node asks for. */
  public static final Duration PAUSE_MAX = Duration.ofSeconds(5);

  /** What a client asks its user to wait where no bundle was to be had. */
  public static final Duration AGAIN_SOON = Duration.ofSeconds(1);

  /** What a client asks its user to wait where other devices or dead HSMs were in the way. */
  public static final Duration AGAIN_LATER = Duration.ofSeconds(10);

  private RetryPolicy() {}

  /** How many sendings an exchange has: every node of {@code n} twice. */
  public static int sendings(int n) {
    return 2 * n;
  }
}
