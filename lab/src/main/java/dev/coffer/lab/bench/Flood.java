package dev.coffer.lab.bench;

import java.util.List;

/**
 * Something that somebody sends without end, from one address that is not the honest people's
 * unless it says otherwise. Never kinder than a limit asks: refusals are not waited out.
 *
 * @param name for the table
 * @param connections at once, over all nodes
 * @param perSecond things sent a second, over all nodes; 0 for as fast as answers come
 */
record Flood(String name, Kind kind, int connections, int perSecond) {
  /** What is sent. */
  enum Kind {
    /** Nothing: the measure of the others. */
    QUIET,
    /** Attempts of one login on an account that does not exist. */
    ATTEMPTS,
    /** Attempts whose login nobody signed. */
    FALSE_LOGINS,
    /** Connections on which nothing is ever said. */
    SILENCE,
    /** The same from 64 addresses. */
    SCATTERED_SILENCE,
    /** TLS handshakes, and then the end. */
    HANDSHAKES,
    /** Scrapes of the counters. */
    SCRAPES
  }

  /** Those that were seen to hurt, and their kin. */
  static final List<Flood> ALL =
      List.of(
          new Flood("quiet", Kind.QUIET, 0, 0),
          new Flood("one login, 64 connections", Kind.ATTEMPTS, 64, 500),
          new Flood("one login, 400 connections", Kind.ATTEMPTS, 400, 500),
          new Flood("false logins, 64 connections", Kind.FALSE_LOGINS, 64, 500),
          new Flood("2,100 silent connections, one address", Kind.SILENCE, 2_100, 2_100),
          new Flood("10,500 silent connections, one address", Kind.SILENCE, 10_500, 2_100),
          new Flood(
              "10,500 silent connections, 64 addresses", Kind.SCATTERED_SILENCE, 10_500, 2_100),
          new Flood("TLS handshakes", Kind.HANDSHAKES, 64, 500),
          new Flood("scrapes of /metrics", Kind.SCRAPES, 32, 320),
          new Flood("quiet again", Kind.QUIET, 0, 0));
}
