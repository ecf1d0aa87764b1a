package dev.coffer.evidence;

import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.PlanScript;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.CoseSign1;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.EntityAttestation;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A package of evidence on the disk, whoever may change it, and an auditor who knows everything.
 */
final class EvidencePackage {
  static final EvidenceSigner OPERATOR = signer(50);
  static final EvidenceSigner SOMEBODY = signer(51);
  private static final long NOW = TransparencyWorld.START;

  final Path folder;
  UnaryOperator<ListedFleet> listing = UnaryOperator.identity();
  Expectations expected = Expectations.NONE;
  LiveHsms hsms = new LiveHsms();
  long now = NOW;

  EvidencePackage(Path folder) {
    this.folder = folder;
  }

  private static EvidenceSigner signer(int number) {
    SecretBytes seed = ForgedCeremony.seed(number);
    return new EvidenceSigner() {
      @Override
      public Bytes publicKey() {
        return Ed25519.publicKey(seed);
      }

      @Override
      public Bytes sign(Bytes message) {
        return Ed25519.sign(seed, message);
      }
    };
  }

  /** A package of what that ceremony leaves, without looking at whether it verifies. */
  static EvidencePackage of(ForgedCeremony ceremony, Path folder) throws Exception {
    EvidencePackage made = new EvidencePackage(folder.resolve("package"));
    ceremony.write(made.folder.resolve("ceremony"));
    Plan plan = Plan.parse(made.read("ceremony/plan.txt"));
    made.write(PackageFiles.SCRIPT, ForgedCeremony.ascii(PlanScript.markdown(plan)));
    made.write(PackageFiles.KEY, PublicKeyPem.encode(OPERATOR.publicKey()));
    made.write(PackageFiles.CLAIMS, EvidenceMaker.claims());
    made.write(PackageFiles.STOCK, EvidenceMaker.stockScript());
    made.write(PackageFiles.REBUILD, EvidenceMaker.resource(PackageFiles.REBUILD));
    for (Map.Entry<String, Bytes> file : ForgedCeremony.IMAGE.files().entrySet()) {
      made.write(file.getKey(), file.getValue());
    }
    made.write(PackageFiles.PROVENANCE, ForgedCeremony.IMAGE.provenance(ForgedCeremony.COMMIT));
    made.attest(checkpoint(NOW), UnaryOperator.identity());
    Fleet fleet = made.fleet();
    Promise promise = Promise.of(plan, fleet);
    List<String> exceptions =
        List.of("site 2 (town-2), " + ForgedCeremony.NOON + ": " + ForgedCeremony.DOOR);
    made.write(
        PackageFiles.MANIFEST,
        new Manifest(new TreeMap<>(), fleet.id(), plan.ceremony(), promise, exceptions).encode());
    made.remake();
    return made;
  }

  /** What the log's witnesses saw then. */
  static Bytes checkpoint(long time) {
    return TransparencyWorld.withEntries(3).cosigned(time).encode();
  }

  /** Has the HSMs say what they are over that checkpoint, or what else they are told to say. */
  void attest(Bytes checkpoint, UnaryOperator<EntityAttestation> said) throws Exception {
    Optional<Fleet> founded =
        new Case(folder, ForgedCeremony.SIGNATURES, Expectations.NONE).ceremony().fleet();
    if (founded.isEmpty()) {
      return;
    }
    Bytes randomness = Bytes.fromHex("77".repeat(32));
    write(PackageFiles.CHECKPOINT, checkpoint);
    write(PackageFiles.RANDOMNESS, ForgedCeremony.ascii(randomness.hex() + "\n"));
    Bytes nonce = Inquiry.nonce(Optional.of(checkpoint), randomness);
    for (int index = 1; index <= ForgedCeremony.N; index++) {
      HsmIdentity hsm = founded.get().hsm(index);
      EntityAttestation honest =
          EntityAttestation.of(
              founded.get(),
              index,
              nonce,
              new EntityAttestation.Device(hsm.model(), hsm.measurement(), false, attributes(hsm)));
      Bytes claims = said.apply(honest).encode();
      write(PackageFiles.token(index), CoseSign1.sign(claims, LiveHsms.key(hsm.statementKey())));
    }
  }

  private static String attributes(HsmIdentity hsm) {
    HsmPromises promises = HsmPromises.of(hsm);
    if (promises.keys() == HsmPromises.Keys.DISK) {
      return "";
    }
    return promises.voucher() == HsmPromises.Voucher.DEVICE
        ? "fixedTPM=1 fixedParent=1 userWithAuth=0"
        : "CKA_LOCAL=1 CKA_SENSITIVE=1 CKA_ALWAYS_SENSITIVE=1 CKA_EXTRACTABLE=0"
            + " CKA_NEVER_EXTRACTABLE=1";
  }

  /** A vendor's certificate for the device of HSM 1 lies here, and a list of revoked ones. */
  void certify(Instant until, int revoked, DeviceCertificates lister) throws Exception {
    certify(1, DeviceCertificates.deviceOf(fleet().hsm(1)), until);
    revoke(lister.revoking(revoked, DeviceCertificates.LATE));
  }

  /** One for that device's key lies here as that of HSM {@code index}. */
  void certify(int index, Bytes device, Instant until) throws Exception {
    String chain = DeviceCertificates.VENDOR.chain(5, device, until);
    write(PackageFiles.chain(index), ForgedCeremony.ascii(chain));
  }

  /** This list of revoked ones lies here. */
  void revoke(String list) throws Exception {
    write(PackageFiles.REVOKED, ForgedCeremony.ascii(list));
    remake();
  }

  /** HSMs that answer what lies here. */
  Inquiry inquiry() throws IOException {
    return new Inquiry(
        Optional.of(read(PackageFiles.CHECKPOINT)),
        Bytes.fromHex("77".repeat(32)),
        (hsms, nonce) -> IntStream.rangeClosed(1, hsms).mapToObj(this::recorded).toList());
  }

  private Optional<Bytes> recorded(int index) {
    try {
      return Optional.of(read(PackageFiles.token(index)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  Bytes read(String name) throws IOException {
    return Bytes.wrap(Files.readAllBytes(folder.resolve(name)));
  }

  void write(String name, Bytes content) throws IOException {
    Files.write(folder.resolve(name), content.toByteArray());
  }

  void replace(String name, String from, String to) throws IOException {
    String text = Files.readString(folder.resolve(name));
    if (!text.contains(from)) {
      throw new IllegalArgumentException(name + " does not hold " + from);
    }
    Files.writeString(folder.resolve(name), text.replace(from, to));
  }

  Manifest manifest() throws Exception {
    return Manifest.parse(read(PackageFiles.MANIFEST));
  }

  Fleet fleet() throws Exception {
    return Fleet.decode(read("ceremony/fleet.bin"));
  }

  /** Signs what manifest.json holds. */
  void sign(EvidenceSigner signer) throws Exception {
    write(PackageFiles.ENVELOPE, EvidenceMaker.sign(read(PackageFiles.MANIFEST), signer).encode());
  }

  /** Makes the manifest fit what lies there, changes what else it says, and signs it. */
  void remake(EvidenceSigner signer, UnaryOperator<Manifest> change) throws Exception {
    Map<String, Bytes> files = new TreeMap<>();
    for (String name : new PackageFiles(folder).names()) {
      if (!name.equals(PackageFiles.MANIFEST) && !name.equals(PackageFiles.ENVELOPE)) {
        files.put(name, read(name));
      }
    }
    Manifest before = manifest();
    Manifest fitting =
        new Manifest(
            Manifest.hashes(files),
            before.fleet(),
            before.ceremony(),
            before.promise(),
            before.exceptions());
    write(PackageFiles.MANIFEST, change.apply(fitting).encode());
    sign(signer);
  }

  void remake() throws Exception {
    remake(OPERATOR, UnaryOperator.identity());
  }

  void promise(UnaryOperator<Promise> change) throws Exception {
    remake(
        OPERATOR,
        before ->
            new Manifest(
                before.files(),
                before.fleet(),
                before.ceremony(),
                change.apply(before.promise()),
                before.exceptions()));
  }

  /** An auditor who has everything that may be had; the bundle names what lies here now. */
  Audit audit() throws Exception {
    Optional<Expectations.Logged> bundle = expected.bundle();
    if (bundle.isEmpty()) {
      bundle = Optional.of(logged());
    }
    return Audit.of(
        folder,
        ForgedCeremony.SIGNATURES,
        new Expectations(
            expected.signer(),
            expected.fleet(),
            expected.image(),
            bundle,
            Optional.of(hsms.challenge(new Case(folder, ForgedCeremony.SIGNATURES, expected))),
            Optional.of(new Expectations.Today(Instant.ofEpochSecond(now), List.of()))));
  }

  private Expectations.Logged logged() throws Exception {
    TransparencyWorld world = TransparencyWorld.withEntries(3);
    Fleet fleet = Fleet.decode(soundFleet());
    ListedFleet listed =
        ListedFleet.of(
            fleet,
            FleetState.ANNOUNCED,
            Hashes.sha256(read(PackageFiles.MANIFEST)),
            List.of("town-1", "town-2", "town-3"));
    world.publish(world.next(NOW, listing.apply(listed)));
    Bytes policy = TransparencyWorld.signed(world.policy(), world.roots);
    return new Expectations.Logged(world.delivery(NOW, policy), world.policy(), now);
  }

  /** The fleet of the identities, whatever fleet.bin says. */
  private Bytes soundFleet() throws Exception {
    Case of = new Case(folder, ForgedCeremony.SIGNATURES, Expectations.NONE);
    return of.ceremony().fleet().isPresent()
        ? of.fleet().encode()
        : TransparencyWorld.fleet("other", 3, 2, "ACME").encode();
  }

  /** An auditor who knows this package's signer and fleet, and built this image. */
  EvidencePackage knowing(Path image) throws Exception {
    Files.createDirectories(image.resolve("lib"));
    Files.write(image.resolve("lib/modules"), new byte[9]);
    Files.write(image.resolve("release"), ForgedCeremony.RELEASE.toByteArray());
    expected =
        new Expectations(
            Optional.of(OPERATOR.publicKey()),
            Optional.of(fleet().id()),
            Optional.of(image),
            Optional.empty(),
            Optional.empty());
    return this;
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
