package dev.coffer.lab.demo;

import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Sizes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Tells the demonstration in numbered steps with the time that has passed. */
final class Story {
  private final Output speech;
  private final InstantSource clock;
  private final Instant started;
  private int step;

  Story(Output speech, InstantSource clock) {
    this.speech = speech;
    this.clock = clock;
    this.started = clock.instant();
  }

  /** Begins a step. */
  void step(String title) {
    step++;
    speech.say("");
    speech.say(step + ". " + title + "  [" + Sizes.time(elapsed()) + "]");
  }

  /** What happened. */
  void tell(String line) {
    speech.say("   " + line);
  }

  /** Since the beginning. */
  Duration elapsed() {
    return Duration.between(started, clock.instant());
  }

  Output speech() {
    return speech;
  }
}
