package dev.coffer.transparency.trust;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Follows trust policies from one that is trusted to the newest one delivered. Immutable and
 * thread-safe.
 *
 * <p>The chain is a list of consecutive versions. It may begin before the trusted one, so that one
 * chain serves apps of every age; what comes before is not looked at. An empty chain ends where it
 * starts.
 */
public final class PolicyChain {
  private record Link(Note note, TrustPolicy policy) {}

  /**
   * A policy that was accepted before.
   *
   * @param hash SHA-256 of its text
   */
  public record Seen(long version, Bytes hash) {}

  private final List<Link> links;

  private PolicyChain(List<Link> links) {
    this.links = List.copyOf(links);
  }

  /** Reads the notes of a chain, each at most 16 KiB; verifies nothing. */
  public static PolicyChain parse(List<Bytes> notes) throws Refused {
    List<Link> links = new ArrayList<>(notes.size());
    for (Bytes encoded : notes) {
      Note note = Note.parse(encoded, TrustPolicy.SIZE_MAX);
      links.add(new Link(note, TrustPolicy.parse(note.unverifiedText())));
    }
    return new PolicyChain(links);
  }

  /**
   * The policy at the end of the chain.
   *
   * @param compiledIn trusted without a signature
   * @param seen the newest policy that this client accepted before: it is trusted, too, and the end
   *     is not older
   * @throws Refused {@link RefusalCode#OUT_OF_SEQUENCE} if a version is missing, if the end is
   *     older than what was seen, or if the chain holds another policy under a trusted one's
   *     version; {@link RefusalCode#NO_QUORUM} if the old or the new roots did not agree
   */
  public TrustPolicy follow(TrustPolicy compiledIn, Optional<Seen> seen) throws Refused {
    TrustPolicy current = compiledIn;
    for (Link link : links) {
      TrustPolicy next = link.policy();
      boolean remembered =
          seen.isPresent()
              && next.version() == seen.get().version()
              && next.hash().equals(seen.get().hash());
      if (next.version() == compiledIn.version() && !next.hash().equals(compiledIn.hash())) {
        throw outOfSequence("another one is compiled in under this version");
      }
      if (next.version() <= compiledIn.version()) {
        continue;
      }
      // What this device verified once it need not verify again: it knows the text by its hash.
      current = remembered ? next : current.succeed(next, link.note());
    }
    if (seen.isPresent() && current.version() < seen.get().version()) {
      throw outOfSequence("older than the one seen before");
    }
    if (seen.isPresent()
        && current.version() == seen.get().version()
        && !current.hash().equals(seen.get().hash())) {
      throw outOfSequence("another one was seen under this version");
    }
    return current;
  }

  private static Refused outOfSequence(String what) {
    return new Refused(RefusalCode.OUT_OF_SEQUENCE, "trust policy: " + what);
  }
}
