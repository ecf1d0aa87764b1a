package dev.coffer.node.door;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected, from where, and for how long somebody has kept this node waiting. An address
 * has a share of the places at most. Where the share or all places are taken, whoever of the
 * address, or of all, has said nothing for longest makes room, and where nobody is silent,
 * whoever's request or answer has been on its way for longest: only what this node itself works on
 * keeps anybody out, also those who share an address. Closes nothing itself. Thread-safe.
 *
 * @param <C> connections, told apart by identity or equality
 */
public final class Connections<C> {
  /**
   * How many there may be, and how long each may take.
   *
   * @param total at once
   * @param perAddress of them from one IPv4 address or IPv6 /64; 0 for as many as there are places
   * @param firstNanos to the first whole request, the handshake included
   * @param nextNanos from an answer to the next whole request
   * @param workNanos from a request's head to the last octet of its answer
   */
  public record Limits(int total, int perAddress, long firstNanos, long nextNanos, long workNanos) {
    /** Of those who have not shown a certificate yet where members alone are let in. */
    public static final Limits STRANGERS = new Limits(512, 256, TimeUnit.SECONDS.toNanos(3), 0, 0);
  }

  /** What a new connection may do, and which one has to go for it. */
  public record Entrance<C>(boolean admitted, Optional<C> instead) {}

  private record Place(Origin origin, long sinceNanos) {}

  private final Limits limits;
  private final Map<Origin, Integer> addresses = new HashMap<>();

  // Each in the order in which they came into it: the first makes room first.
  private final Map<C, Place> silent = new LinkedHashMap<>();
  private final Map<C, Place> idle = new LinkedHashMap<>();
  private final Map<C, Place> moving = new LinkedHashMap<>();
  private final Map<C, Place> working = new LinkedHashMap<>();

  /** Nobody is connected. */
  public Connections(Limits limits) {
    this.limits = limits;
  }

  /** Whether {@code connection} may stay; the caller closes it otherwise, and the one instead. */
  public synchronized Entrance<C> enter(C connection, InetAddress from, long now) {
    leave(connection); // one place each, however often it comes
    Origin origin = Origin.of(from);
    boolean shareTaken =
        limits.perAddress() > 0 && addresses.getOrDefault(origin, 0) >= limits.perAddress();
    Optional<C> instead = Optional.empty();
    if (shareTaken || size() >= limits.total()) {
      instead = displaceable(place -> !shareTaken || place.origin().equals(origin));
      if (instead.isEmpty()) {
        return new Entrance<>(false, instead);
      }
      leave(instead.get());
    }
    silent.put(connection, new Place(origin, now));
    addresses.merge(origin, 1, Integer::sum);
    return new Entrance<>(true, instead);
  }

  private Optional<C> displaceable(Predicate<Place> whose) {
    return Stream.of(silent, idle, moving)
        .flatMap(places -> places.entrySet().stream())
        .filter(entry -> whose.test(entry.getValue()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** A request's head has come: its body is on its way. */
  public void reads(C connection, long now) {
    move(connection, moving, now, false);
  }

  /** The whole request has come: its answer is being made. Since when its head was here stays. */
  public void works(C connection, long now) {
    move(connection, working, now, true);
  }

  /** The answer is on its way. Since when the request's head was here stays. */
  public void writes(C connection, long now) {
    move(connection, moving, now, true);
  }

  /** The answer is out: the next request may come. */
  public void rests(C connection, long now) {
    move(connection, idle, now, false);
  }

  private synchronized void move(C connection, Map<C, Place> to, long now, boolean sameRequest) {
    boolean since =
        sameRequest && (moving.containsKey(connection) || working.containsKey(connection));
    Place place = take(connection);
    if (place != null) {
      to.put(connection, new Place(place.origin(), since ? place.sinceNanos() : now));
    }
  }

  /** It is closed. Says nothing of one that is not known. */
  public synchronized void leave(C connection) {
    Place place = take(connection);
    if (place != null) {
      addresses.computeIfPresent(
          place.origin(), (origin, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }
  }

  private @Nullable Place take(C connection) {
    Place place = silent.remove(connection);
    place = place == null ? idle.remove(connection) : place;
    place = place == null ? moving.remove(connection) : place;
    return place == null ? working.remove(connection) : place;
  }

  /** Those that have taken too long; the caller closes them. They have left. */
  public synchronized List<C> overdue(long now) {
    List<C> late =
        Stream.of(
                late(silent, limits.firstNanos(), now),
                late(idle, limits.nextNanos(), now),
                late(moving, limits.workNanos(), now),
                late(working, limits.workNanos(), now))
            .flatMap(List::stream)
            .toList();
    late.forEach(this::leave);
    return late;
  }

  private static <C> List<C> late(Map<C, Place> places, long limitNanos, long now) {
    return places.entrySet().stream()
        .filter(entry -> now - entry.getValue().sinceNanos() >= limitNanos)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** How many there are. */
  public synchronized int size() {
    return silent.size() + idle.size() + moving.size() + working.size();
  }
}
