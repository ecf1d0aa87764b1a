package dev.coffer.evidence.site;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.record.Transcript;
import dev.coffer.evidence.Audit;
import dev.coffer.evidence.Claim;
import dev.coffer.evidence.Finding;
import dev.coffer.evidence.Finding.Outcome;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A fleet as its pages show it: what an audit found, and the very octets that it looked at.
 * Immutable.
 */
public final class PublishedFleet {
  /** Octets of all files of a package that is published. */
  private static final long OCTETS_MAX = 16 << 20;

  private final Audit audit;
  private final SortedMap<String, Bytes> files;
  private final Bytes manifest;

  private PublishedFleet(Audit audit, SortedMap<String, Bytes> files, Bytes manifest) {
    this.audit = audit;
    this.files = files;
    this.manifest = manifest;
  }

  /**
   * A package that was audited, whatever came of it.
   *
   * @throws IOException if it is no package: something else than files of a package lies there, it
   *     has no manifest, or more than 16 MiB
   */
  public static PublishedFleet of(Audit audit) throws IOException {
    SortedMap<String, Bytes> files = audit.files();
    Bytes manifest = files.get("manifest.json");
    if (manifest == null) {
      throw new IOException("there is no manifest.json");
    }
    if (files.values().stream().mapToLong(Bytes::size).sum() > OCTETS_MAX) {
      throw new IOException("it has more than " + OCTETS_MAX + " octets");
    }
    return new PublishedFleet(audit, files, Hashes.sha256(manifest));
  }

  /** What was found of each claim. */
  public Map<Claim, Finding> findings() {
    return audit.findings();
  }

  /** What was found of one. */
  public Finding finding(Claim claim) {
    return Objects.requireNonNull(audit.findings().get(claim), "every claim has a finding");
  }

  /** How many claims came out so. */
  public int count(Outcome outcome) {
    return audit.with(outcome).size();
  }

  /** Every file of the package. */
  SortedMap<String, Bytes> files() {
    return files;
  }

  /** SHA-256 of the manifest: what a bundle's line for this fleet names. */
  Bytes manifest() {
    return manifest;
  }

  /** The fleet, if the package makes one. */
  public Optional<Fleet> fleet() {
    return audit.fleet();
  }

  /** The plan, if it can be read. */
  Optional<Plan> plan() {
    return audit.plan();
  }

  /** How pages call it. */
  String name() {
    return plan().map(Plan::ceremony).orElse("a package that cannot be read");
  }

  /** The folder of its pages, which no text of the package can steer; one a fleet. */
  public String folder() {
    Bytes named = fleet().map(known -> known.id().value()).orElse(manifest);
    return "fleet-" + named.hex().substring(0, 16);
  }

  /** Whether it protects nothing: one of its HSMs says so, or nobody knows its HSMs. */
  public boolean simulated() {
    return fleet().isEmpty()
        || fleet().orElseThrow().hsms().stream().anyMatch(HsmIdentity::simulated);
  }

  /** The transcripts that can be read, by site. */
  List<Optional<Transcript>> transcripts() {
    List<Optional<Transcript>> read = new ArrayList<>();
    plan()
        .ifPresent(known -> {
          for (int site = 1; site <= known.sites().size(); site++) {
            read.add(transcript(known, site));
          }
        });
    return read;
  }

  private Optional<Transcript> transcript(Plan plan, int site) {
    Bytes file = files.get("ceremony/" + Transcript.file(site));
    try {
      return file == null
          ? Optional.empty()
          : Optional.of(Transcript.parse(file, plan.hash(), site));
    } catch (CeremonyRefused e) {
      return Optional.empty();
    }
  }

  /** The last time in its transcripts, by the sites' clocks. */
  Instant founded() {
    return transcripts().stream()
        .flatMap(Optional::stream)
        .flatMap(transcript -> transcript.entries().stream())
        .map(entry -> Instant.parse(entry.time()))
        .max(Instant::compareTo)
        .orElse(Instant.EPOCH);
  }
}
