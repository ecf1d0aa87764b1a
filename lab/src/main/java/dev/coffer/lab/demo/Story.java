package dev.coffer.lab.demo;

import dev.coffer.cli.terminal.Sizes;
import dev.coffer.cli.terminal.Speech;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Tells the demonstration in numbered steps with the time that has passed. */
final class Story {
  private final Speech speech;
  private final InstantSource clock;
  private final Instant started;
  private int step;

  Story(Speech speech, InstantSource clock) {
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

  Speech speech() {
    return speech;
  }
}
