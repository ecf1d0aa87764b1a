package dev.coffer.analysis.search;

import dev.coffer.analysis.search.LocalState.Kind;
import java.util.ArrayList;
import java.util.List;

/** How a state was come to, in words. */
final class Schedule {
  private final FoundedWorld world;
  private final Statuses statuses;

  Schedule(FoundedWorld world, Statuses statuses) {
    this.world = world;
    this.statuses = statuses;
  }

  /** One line a step. */
  List<String> to(WorldState end) {
    List<String> lines = new ArrayList<>();
    for (WorldState at = end; at.from != null; at = at.from) {
      LocalState to = at.at[at.stepHsm];
      lines.addFirst("HSM %d: %s -> %s".formatted(at.stepHsm + 1, describe(at), to.place));
    }
    return lines;
  }

  private String describe(WorldState at) {
    String place = at.stepKind == Kind.HEAR ? statuses.describe(at.stepWhat) : "";
    return switch (at.stepKind) {
      case CAPTURE -> "capture " + world.orderable(at.stepWhat).label();
      case CAPTURE_AGAIN -> "capture again " + world.place(at.stepWhat);
      case RELEASE -> "release with the certificate of " + world.place(at.stepWhat);
      case ADOPT -> "adopt the certificate of " + world.place(at.stepWhat);
      case RESTATE -> "state again " + world.place(at.stepWhat);
      case RESTART -> "restart";
      case ROLL_BACK -> "restart on the memory from " + world.place(at.stepWhat);
      case CHALLENGE -> "challenge";
      case HEAR -> "hear " + place;
    };
  }
}
