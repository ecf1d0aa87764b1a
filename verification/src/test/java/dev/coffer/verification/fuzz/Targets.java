package dev.coffer.verification.fuzz;

import java.util.List;
import java.util.stream.Stream;

/** All targets, by module. */
final class Targets {
  private Targets() {}

  static List<Target> all() {
    Conversation talk = new Conversation();
    return Stream.of(
            new ProtocolTargets(talk).all(),
            new HsmTargets(talk).all(),
            new NodeTargets(talk).all(),
            new ServerTargets(talk).all(),
            TransparencyTargets.all(),
            DeviceTargets.all())
        .flatMap(List::stream)
        .toList();
  }

  static Target named(String name) {
    return all().stream()
        .filter(target -> target.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no target is called " + name));
  }
}
