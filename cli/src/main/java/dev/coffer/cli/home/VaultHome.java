package dev.coffer.cli.home;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.files.AtomicFile;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.operator.OperatorPolicies;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.trust.PolicyHistory;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A vault on this machine: the fleet that was founded first, those that were added, and who vouches
 * for them.
 *
 * @param directory absolute
 */
public record VaultHome(Path directory) {
  /** The name of the fleet that was founded with the vault. */
  public static final String FIRST = "first";

  private static final String BUNDLE = "bundle";

  /** One fleet of this vault. */
  public record Member(String name, Path home, Fleet fleet) {
    /** What its nodes hand out. */
    public Path bundle() {
      return home.resolve(BUNDLE);
    }

    /** Makes its nodes send clients on. */
    public void markRetired() throws IOException {
      AtomicFile.replace(bundle().resolve("retired"), new byte[0], AtomicFile.Access.OWNER);
    }

    /** Whether they do. */
    public boolean retired() {
      return Files.exists(bundle().resolve("retired"));
    }
  }

  /** Where its parties are. */
  public TrustHome trust() {
    return TrustHome.in(directory);
  }

  /** Where a fleet of that name is, or would be. */
  public Path fleet(String name) {
    return name.equals(FIRST) ? directory : directory.resolve("fleets").resolve(name);
  }

  /** What the nodes of the fleet in {@code fleetHome} hand out. */
  public static Path bundle(Path fleetHome) {
    return fleetHome.resolve(BUNDLE);
  }

  /** The package of evidence of the fleet in {@code fleetHome}, if its operator put one there. */
  public static Path evidence(Path fleetHome) {
    return fleetHome.resolve("evidence");
  }

  /** All fleets, the first one first. */
  public List<Member> members() throws Failure, IOException {
    List<Member> members = new ArrayList<>();
    for (Path home : homes()) {
      members.add(member(home.equals(directory) ? FIRST : home.getFileName().toString()));
    }
    return members;
  }

  /** Where fleets are, the first one's first; what a description holds is not looked at. */
  public List<Path> homes() throws IOException {
    List<Path> homes = new ArrayList<>(List.of(directory));
    Path added = directory.resolve("fleets");
    if (Files.isDirectory(added)) {
      try (Stream<Path> found = Files.list(added)) {
        found
            .sorted()
            .filter(home ->
                Files.isRegularFile(home.resolve("fleet.bin"))
                    && !Files.exists(home.resolve("founding-unfinished")))
            .forEach(homes::add);
      }
    }
    return homes;
  }

  /** The fleet that was founded with the vault, or its users were told of. */
  public Member first() throws Failure, IOException {
    Member first = member(FIRST);
    if (!first.fleet().id().equals(FleetAddress.read(directory).pin())) {
      throw new Failure(
          ExitCode.UNTRUSTED,
          "The fleet in " + directory + " is not the one that its pin names.",
          "Restore fleet.bin and fleet.properties from one copy.");
    }
    return first;
  }

  private Member member(String name) throws Failure, IOException {
    Path file = fleet(name).resolve("fleet.bin");
    try {
      return new Member(name, fleet(name), Fleet.decode(Bytes.wrap(Files.readAllBytes(file))));
    } catch (NoSuchFileException e) {
      throw new Failure(
          ExitCode.HERE,
          "There is no fleet in " + fleet(name) + ".",
          "Start one with coffer up --home " + directory + ", or name another with --home.");
    } catch (Rejected e) {
      throw new Failure(
          ExitCode.HERE,
          "The file " + file + " is empty or damaged.",
          "Run coffer up, which takes it from the fleet itself, or restore it from a copy; it is"
              + " public.");
    }
  }

  /** The fleet that somebody means by its name or the beginning of its id. */
  public Member named(String word) throws Failure, IOException {
    List<Member> meant =
        members().stream()
            .filter(member ->
                member.name().equals(word)
                    || word.length() >= 8 && member.fleet().id().value().hex().startsWith(word))
            .toList();
    if (meant.size() != 1) {
      throw new Failure(
          ExitCode.USAGE,
          "There is no such fleet in this vault.",
          "Name it by its name or the first digits of its id: coffer bundle show lists all.");
    }
    return meant.get(0);
  }

  /** The name of a fleet here, for people. */
  public String nameOf(FleetId id) throws Failure, IOException {
    return members().stream()
        .filter(member -> member.fleet().id().equals(id))
        .map(Member::name)
        .findFirst()
        .orElse(id.value().hex().substring(0, 8));
  }

  /** The trust policy that counts today. */
  public TrustPolicy policy() throws OperatorFailure, IOException {
    return OperatorPolicies.newest(trust().policy());
  }

  /** All trust policies of this vault. */
  public PolicyHistory policies() throws OperatorFailure, IOException {
    return OperatorPolicies.history(trust().policy());
  }

  /** Where the nodes of all fleets are: what nodes tell clients that have to go elsewhere. */
  public Bytes directoryOfFleets() throws Failure, IOException {
    StringBuilder text = new StringBuilder();
    for (Member member : members()) {
      FleetAddress address = FleetAddress.read(member.home());
      text.append(member.fleet().id().value().hex());
      for (URI node : address.nodes()) {
        text.append(' ').append(node);
      }
      text.append('\n');
    }
    return Bytes.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
  }
}
