package dev.coffer.analysis.search;

import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** Every status anybody ever signed, by number: the host keeps them all. */
final class Statuses {
  /**
   * What a status says. Its certificate is left out: in worlds shorter than the window any that
   * holds is as good as any other.
   */
  private record Said(int index, Bytes nonce, int place) {}

  private final FoundedWorld world;
  private final Map<Said, Integer> numbers = new HashMap<>();
  private final List<SignedStatus> all = new ArrayList<>();
  private final List<Said> said = new ArrayList<>();

  Statuses(FoundedWorld world) {
    this.world = world;
  }

  SignedStatus get(int number) {
    return all.get(number);
  }

  /** The status of an honest HSM in state {@code at}. */
  int number(Bench bench, LocalState at, Bytes nonce) {
    Said says = new Said(bench.index(), nonce, at.place.id());
    Integer known = numbers.get(says);
    return known != null ? known : add(says, bench.status(at, nonce));
  }

  /** The status of a corrupted HSM. */
  int number(int index, Bytes nonce, Place place, Supplier<SignedStatus> status) {
    Said says = new Said(index, nonce, place.id());
    Integer known = numbers.get(says);
    return known != null ? known : add(says, status.get());
  }

  /** A status that there is already. */
  int known(int index, Bytes nonce, int place) {
    return Objects.requireNonNull(numbers.get(new Said(index, nonce, place)));
  }

  private int add(Said says, SignedStatus status) {
    all.add(status);
    said.add(says);
    numbers.put(says, all.size() - 1);
    return all.size() - 1;
  }

  String describe(int number) {
    Said says = said.get(number);
    return "that HSM %d stands at %s".formatted(says.index(), world.place(says.place()));
  }
}
