package dev.coffer.notary.log;

import dev.coffer.transparency.note.Note;
import java.util.List;

/**
 * What became of some leaves.
 *
 * @param placements in their order
 * @param checkpoint signed by the log, holding every leaf that was placed
 */
public record Round(List<Placement> placements, Note checkpoint) {
  public Round {
    placements = List.copyOf(placements);
  }
}
