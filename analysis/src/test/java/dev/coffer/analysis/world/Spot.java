package dev.coffer.analysis.world;

import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.port.HsmPort;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A place on a chain that some HSM captured, and what the model says of it.
 *
 * @param expected by position; empty for an operation that nobody's client made
 * @param accounts every account's state after it
 * @param captured HSMs whose memory went through here
 */
record Spot(
    ChainValues values,
    Optional<Spot> before,
    Bytes entry,
    HsmPort.Capture capture,
    List<Optional<ModelRules.Expected>> expected,
    Map<String, ModelAccount> accounts,
    Set<Integer> captured) {
  static Spot founding(ChainValues values) {
    return new Spot(
        values,
        Optional.empty(),
        Bytes.EMPTY,
        new HsmPort.Capture(values, List.of(), List.of(), Optional.empty()),
        List.of(),
        Map.of(),
        new TreeSet<>());
  }

  /** Whether {@code later} is here or further on the same chain. */
  boolean leadsTo(Spot later) {
    Spot at = later;
    while (at.values.k() > values.k()) {
      at = at.before.orElseThrow();
    }
    return at.values.equals(values);
  }
}
