package dev.coffer.verification.rules;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What holds secrets in its memory is started so that they do not leave it by a side door. */
class LaunchersTest {
  private static final List<String> CLOSED =
      List.of(
          "ulimit -c 0",
          "-XX:-UsePerfData",
          "-XX:+DisableAttachMechanism",
          "-XX:-CreateCoredumpOnCrash",
          "-XX:+SuppressFatalErrorMessage");

  @Test
  void theHsmsAndTheCommandsLaunchersCloseTheSameDoors() {
    for (String launcher : List.of("hsm-image/launcher/coffer-hsm", "coffer")) {
      String text = Repository.text(launcher).orElseThrow();
      for (String door : CLOSED) {
        assertTrue(text.contains(door), launcher + " lacks " + door);
      }
    }
  }
}
