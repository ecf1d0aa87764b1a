package dev.coffer.notary.http;

/**
 * Where to listen.
 *
 * @param host address of an interface, such as 127.0.0.1
 * @param port 0 for any that is free
 */
public record Listen(String host, int port) {
  /** Only this machine, any port. */
  public static final Listen LOOPBACK = new Listen("127.0.0.1", 0);
}
