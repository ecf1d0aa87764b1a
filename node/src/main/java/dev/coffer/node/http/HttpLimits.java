package dev.coffer.node.http;

/**
 * Limits of the platform's HTTP server that can only be given as system properties, before its
 * classes load.
 */
public final class HttpLimits {
  /** Connections at once. */
  public static final int CONNECTIONS_MAX = 2_048;

  /** Requests that are worked on at once. */
  static final int REQUESTS_MAX = 1_024;

  private HttpLimits() {}

  /** Sets them, unless the operator has set them otherwise. */
  public static void install() {
    set("jdk.httpserver.maxConnections", Integer.toString(CONNECTIONS_MAX));
    // Without it small answers wait 40 ms for the other side's delayed acknowledgement.
    set("sun.net.httpserver.nodelay", "true");
    // Seconds to send a request, and to take an answer.
    set("sun.net.httpserver.maxReqTime", "15");
    set("sun.net.httpserver.maxRspTime", "15");
    set("sun.net.httpserver.idleInterval", "60");
    set("sun.net.httpserver.maxReqHeaders", "50");
    set("sun.net.httpserver.maxReqHeaderSize", "16384");
    // What is left of a refused body is not read for longer than this many octets.
    set("sun.net.httpserver.drainAmount", "8192");
  }

  private static void set(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }
}
