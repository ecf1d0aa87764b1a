package dev.coffer.verification.fuzz;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** All targets, by module. */
final class Targets {
  private Targets() {}

  /** Those that need no fleet come first, so that one of them alone is there at once. */
  private static Stream<Supplier<List<Target>>> groups() {
    Supplier<Conversation> talk = new Once();
    return Stream.of(
        TransparencyTargets::all,
        DeviceTargets::all,
        () -> new ProtocolTargets(talk.get()).all(),
        () -> new NodeTargets(talk.get()).all(),
        () -> new ServerTargets(talk.get()).all(),
        () -> new HsmTargets(talk.get()).all());
  }

  /** One conversation for all groups, when the first one asks. */
  private static final class Once implements Supplier<Conversation> {
    private Conversation talk;

    @Override
    public Conversation get() {
      if (talk == null) {
        talk = new Conversation();
      }
      return talk;
    }
  }

  static List<Target> all() {
    return groups().flatMap(group -> group.get().stream()).toList();
  }

  /** One target; or several as one, with {@code +} between their names. */
  static Target named(String name) {
    if (name.contains("+")) {
      return Together.of("together", these(name));
    }
    return groups()
        .flatMap(group -> group.get().stream())
        .filter(target -> target.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no target is called " + name));
  }

  /** The targets of a name with {@code +} in it, in the order in which their inputs count them. */
  static List<Target> these(String name) {
    List<String> names = List.of(name.split("\\+"));
    return all().stream().filter(target -> names.contains(target.name())).toList();
  }
}
