package dev.coffer.analysis.search;

import dev.coffer.analysis.search.LocalState.Call;
import dev.coffer.analysis.search.LocalState.Kind;
import dev.coffer.analysis.search.LocalState.Step;

/** What must hold of a single step of a single HSM (PROTOCOL.md §12.2). */
final class StepRules {
  private StepRules() {}

  static void check(Setting setting, FoundedWorld world, LocalState from, Call call, Step step) {
    LocalState to = step.to();
    if (step.refused()) {
      BrokenPromise.unless(
          to == from || call.kind() == Kind.HEAR, "INV-7", "a refused call leaves a trace");
      return;
    }
    BrokenPromise.unless(
        from.place.leadsTo(to.place), "INV-7", "an HSM left its own chain at " + call);
    boolean mayCertify = call.kind() == Kind.RELEASE || call.kind() == Kind.ADOPT;
    BrokenPromise.unless(
        to.highestCertified == from.highestCertified
            || (mayCertify && to.highestCertified > from.highestCertified),
        "INV-5",
        "highestCertified moved from "
            + from.highestCertified
            + " to "
            + to.highestCertified
            + " at "
            + call);
    BrokenPromise.unless(
        to.place.k() <= to.highestCertified + Bench.WINDOW, "INV-7", "captured beyond the window");
    boolean out = step.stated().isPresent() || step.evaluated() > 0;
    BrokenPromise.unless(
        !out || to.maySign, "INV-7", "an HSM states or releases before it has heard the others");
    if (to.maySign && !from.maySign) {
      // What the step itself has heard is in the new state's memory.
      BrokenPromise.unless(
          to.heard.size() >= setting.q() - 1, "INV-7", "an HSM signs after hearing too few");
    }
    switch (call.kind()) {
      case CAPTURE ->
          BrokenPromise.unless(
              to.place.depth() == from.place.depth() + 1, "INV-7", "k does not count by one");
      case RELEASE -> enough(setting, call);
      case ADOPT -> {
        enough(setting, call);
        Place adopted = world.place(call.a());
        BrokenPromise.unless(
            to.place == adopted || adopted.leadsTo(to.place), "INV-7", "adopted something else");
      }
      case CAPTURE_AGAIN, RESTATE, CHALLENGE, HEAR ->
          BrokenPromise.unless(to.place == from.place, "INV-7", "moved at " + call);
      case RESTART, ROLL_BACK -> {}
    }
  }

  /** What was gone along with bore q statements. */
  private static void enough(Setting setting, Call call) {
    BrokenPromise.unless(call.b() >= setting.q(), "INV-5", call + " on fewer than q statements");
  }
}
