package dev.coffer.node.order;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps in the voter's marker a term above which it has neither voted nor taken anything, so that
 * losing the engine's own file of term and vote is no loss (docs/replication.md rule 4). It is
 * raised, durably, before a message that names a later term passes: {@link PeerGate} asks for those
 * that come in, {@link VoteGate} for the votes that this node asks for, its own among them. A
 * thousand terms at a time, so elections do not wait for the disk.
 *
 * <p><b>Guarantee:</b> whoever starts in the ceiling's term with its vote given away votes in no
 * term twice, and takes nothing from a leader of a term that it has left; what it had taken stands
 * in its log. Thread-safe.
 */
final class TermCeiling {
  private static final Logger LOG = LoggerFactory.getLogger(TermCeiling.class);
  private static final long STEP = 1_000;

  private final Path marker;
  private final long highest;
  private volatile long ceiling;

  private TermCeiling(Path marker, long ceiling, long highest) {
    this.marker = marker;
    this.ceiling = ceiling;
    this.highest = highest;
  }

  /**
   * Before the engine starts: makes good what it could not read. A term file that is not whole is
   * written anew with the ceiling's term, in which this voter votes for nobody else.
   *
   * @throws IOException if a term file is not whole and the marker, of an earlier version, does not
   *     say how far the terms went; or if the disk refuses
   */
  static TermCeiling open(OrderSettings settings, VoterIdentity identity) throws IOException {
    VoterMarker marker = VoterMarker.read(settings.marker());
    long newest = 0;
    for (int partition = 0; partition < settings.partitions(); partition++) {
      Path folder =
          RatisOrdering.logFolder(
              settings.directory(),
              RatisOrdering.groupId(settings.fleetId(), partition, identity.order()));
      Path file = folder.resolve(TermFile.NAME);
      OptionalLong term = TermFile.term(file);
      if (Files.isDirectory(folder) && term.isEmpty()) {
        restore(file, marker.terms(), identity);
      }
      newest = Math.max(newest, term.orElse(0));
    }
    TermCeiling opened = of(settings.marker());
    // A marker of an earlier version: what the engine has kept says how far it went.
    opened.admit(newest);
    return opened;
  }

  /** As {@code marker} says. */
  static TermCeiling of(Path marker) throws IOException {
    VoterMarker read = VoterMarker.read(marker);
    return new TermCeiling(marker, read.terms(), read.order() + OrderRules.TERMS_MAX);
  }

  private static void restore(Path file, long terms, VoterIdentity identity) throws IOException {
    if (terms == VoterMarker.UNKNOWN) {
      throw new IOException(
          file
              + " does not say term and vote, and the voter's marker does not either: run coffer node repair.");
    }
    LOG.warn("{} does not say term and vote; going on from term {}", file, terms);
    TermFile.write(file, terms, terms == 0 ? "" : identity.name().text());
  }

  /**
   * Returns once it is durable that this voter may have voted in {@code term}.
   *
   * @throws IOException if the disk refuses, or no elections can have led to that term: nothing may
   *     be sent or taken in it
   */
  void admit(long term) throws IOException {
    believe(term);
    if (term > ceiling) {
      raise(term);
    }
  }

  /**
   * Returns if elections can have led to {@code term}, see {@link OrderRules#TERMS_MAX}.
   *
   * @throws IOException otherwise: whoever names it lies
   */
  void believe(long term) throws IOException {
    if (term < 0 || term > highest) {
      throw new IOException(
          "No elections have led to term "
              + term
              + ": a node lies. If no leader can be, leave it out and run coffer node rebuild-order"
              + " with a number above "
              + highest
              + ".");
    }
  }

  private synchronized void raise(long term) throws IOException {
    if (term > ceiling) {
      long raised = term + STEP;
      VoterMarker.read(marker).withTerms(raised).write(marker);
      ceiling = raised;
    }
  }
}
