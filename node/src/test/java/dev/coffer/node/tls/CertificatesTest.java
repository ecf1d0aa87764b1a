package dev.coffer.node.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A node's certificate is asked for, signed and installed; whatever does not fit is refused. */
final class CertificatesTest {
  private static final FleetId FLEET = new FleetId(Bytes.zeros(32));
  private static final String ID = FLEET.value().hex();
  private static final Instant NOW = Instant.parse("2031-05-01T12:00:00Z");

  private final SecureRandom random = new SecureRandom();
  @TempDir Path home;

  @BeforeEach
  void found() throws IOException {
    found(home);
  }

  private static void found(Path home) throws IOException {
    List<FleetCertificates.NodeHome> nodes = new ArrayList<>();
    for (int node = 1; node <= 3; node++) {
      nodes.add(
          new FleetCertificates.NodeHome(
              node, home.resolve("node-" + node), List.of("vault.example", "192.0.2." + node)));
    }
    FleetCertificates.write(
        home.resolve("ca.pem"),
        Optional.of(new FleetCertificates.Issuer(home.resolve("authority.key"), FLEET)),
        nodes,
        Clock.fixed(NOW, java.time.ZoneOffset.UTC),
        new SecureRandom());
  }

  private static FleetAuthority authority(Path home) throws IOException {
    return FleetAuthority.open(home.resolve("authority.key"), home.resolve("ca.pem"));
  }

  private TlsFiles files(int node) {
    return TlsFiles.in(home.resolve("node-" + node));
  }

  private CertificateRequest request(int node) throws IOException {
    CertificateRequest request = files(node).request(node, FLEET, List.of("new.example"), random);
    Path file = home.resolve("node-" + node + ".csr");
    TlsFiles.write(file, request);
    return CertificateRequest.read(file);
  }

  /** Signs node 2's request. */
  private Path signed(Path by, Instant now) throws IOException {
    Path file = home.resolve("issued.pem");
    TlsFiles.write(file, authority(by).sign(request(2), 2, 3, ID, now, random));
    return file;
  }

  private X509Certificate install(Path issued, int node, Instant now) throws IOException {
    return files(node).install(issued, node, ID, Optional.of(home.resolve("ca.pem")), now);
  }

  private NodeTls load(int node, Instant now) throws IOException {
    return files(node).load(node, Optional.of(home.resolve("ca.pem")), now);
  }

  private static void assertRefused(Executable what, String... words) {
    String said = assertThrows(IOException.class, what).getMessage();
    for (String word : words) {
      assertTrue(said.contains(word), () -> word + " is not in: " + said);
    }
    assertFalse(said.contains("\n"), said);
  }

  @Test
  void aRequestIsSignedAndInstalledAndKeepsTheNodesNames() throws Exception {
    Instant later = NOW.plus(Duration.ofDays(340));
    NodeTls before = load(2, later);
    assertEquals(NOW.plus(Duration.ofDays(365)), before.certificate().getNotAfter().toInstant());
    assertTrue(CertificateWatch.soon(before.certificate(), later));
    Path issued = signed(home, later);
    assertEquals(before.key(), load(2, later).key(), "until it is installed nothing changes");
    X509Certificate installed = install(issued, 2, later);
    NodeTls after = load(2, later);
    assertEquals(installed, after.certificate());
    assertFalse(after.key().equals(before.key()));
    assertEquals(later.plus(Duration.ofDays(365)), installed.getNotAfter().toInstant());
    assertFalse(CertificateWatch.soon(installed, later));
    PeerIdentity.Names names = PeerIdentity.in(installed);
    assertEquals(OptionalInt.of(2), names.node());
    assertEquals(Optional.of(ID), names.fleet());
    assertTrue(names.hosts().containsAll(List.of("vault.example", "192.0.2.2", "new.example")));
    assertEquals(names.hosts().stream().distinct().toList(), names.hosts());
    assertFalse(Files.exists(files(2).nextKey()));
    for (Path secret : List.of(files(2).key(), home.resolve("authority.key"))) {
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)));
    }
  }

  /** A crash between the rename that counts and the key's own leaves that. */
  @Test
  void anInstallationThatWasCutOffHasHappenedOrHasNot() throws Exception {
    byte[] oldKey = Files.readAllBytes(files(2).key());
    Path issued = signed(home, NOW);
    byte[] newKey = Files.readAllBytes(files(2).nextKey());
    X509Certificate installed = install(issued, 2, NOW);
    Files.write(files(2).key(), oldKey);
    Files.copy(home.resolve("authority.key"), files(2).nextKey());
    Files.write(files(2).nextKey(), newKey);
    assertEquals(installed, load(2, NOW).certificate());
    // And the next request does not take the key away that counts.
    CertificateRequest next = request(2);
    assertFalse(next.key().equals(installed.getPublicKey()));
    assertArrayEquals(newKey, Files.readAllBytes(files(2).key()));
    assertEquals(installed, load(2, NOW).certificate());
  }

  @Test
  void theAuthoritySignsOnlyWhatIsMeant() throws Exception {
    CertificateRequest second = request(2);
    FleetAuthority authority = authority(home);
    assertRefused(
        () -> authority.sign(second, 3, 3, ID, NOW, random),
        "is for node 2, and you sign for node 3 of 3");
    assertRefused(
        () -> authority.sign(request(3), 3, 2, ID, NOW, random), "you sign for node 3 of 2");
    assertRefused(
        () -> authority.sign(second, 2, 3, "ab".repeat(32), NOW, random),
        "is of another fleet, " + ID);
    assertRefused(
        () -> authority.sign(second, 2, 3, ID, NOW.plus(Duration.ofDays(4000)), random),
        "The authority has expired");
    Path file = home.resolve("node-2.csr");
    byte[] der =
        Base64.getMimeDecoder().decode(Files.readString(file).replaceAll("-----[A-Z ]+-----", ""));
    der[der.length - 5] ^= 1;
    Files.writeString(
        file,
        "-----BEGIN CERTIFICATE REQUEST-----\n"
            + Base64.getMimeEncoder().encodeToString(der)
            + "\n-----END CERTIFICATE REQUEST-----\n");
    assertRefused(() -> CertificateRequest.read(file), file.toString());
    Files.writeString(file, "nothing");
    assertRefused(() -> CertificateRequest.read(file), file + " is no certificate request");
    Path others = home.resolve("others");
    found(others);
    assertRefused(
        () -> FleetAuthority.open(others.resolve("authority.key"), home.resolve("ca.pem")),
        others.resolve("authority.key").toString(),
        "is not the one of the authority in");
  }

  /** What a hostile node asks for. */
  private Path crafted(GeneralName... hosts) throws Exception {
    KeyPair pair = FleetAuthority.newKey(random);
    List<GeneralName> names = new ArrayList<>(List.of(hosts));
    for (String name : List.of("urn:coffer:node:2", "urn:coffer:fleet:" + ID)) {
      names.add(new GeneralName(GeneralName.uniformResourceIdentifier, name));
    }
    ExtensionsGenerator wanted = new ExtensionsGenerator();
    wanted.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(names.toArray(new GeneralName[0])));
    byte[] encoded =
        new JcaPKCS10CertificationRequestBuilder(PeerIdentity.subject(2), pair.getPublic())
            .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, wanted.generate())
            .build(new JcaContentSignerBuilder(Pem.SIGNATURE).build(pair.getPrivate()))
            .getEncoded();
    Path file = home.resolve("crafted.csr");
    TlsFiles.write(
        file, new CertificateRequest(2, ID, List.of(), pair.getPublic(), Bytes.wrap(encoded)));
    return file;
  }

  @Test
  void whoSignsRefusesARequestForWhatIsNoHost() throws Exception {
    for (String host :
        List.of("a:b", "vault.example:8443", "999.1.1.1", "::1%lo", "*.example", "")) {
      Path file = crafted(new GeneralName(GeneralName.dNSName, host));
      assertRefused(() -> CertificateRequest.read(file), file + " is no certificate request");
    }
    Path range = crafted(new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[8])));
    assertRefused(() -> CertificateRequest.read(range), range + " is no certificate request");
    // An address in the place of a name is issued as the address that it is.
    CertificateRequest odd =
        CertificateRequest.read(
            crafted(
                new GeneralName(GeneralName.dNSName, "2001:db8::1"),
                new GeneralName(GeneralName.dNSName, "a-1.EXAMPLE"),
                new GeneralName(GeneralName.dNSName, "vault")));
    X509Certificate issued = authority(home).sign(odd, 2, 3, ID, NOW, random);
    assertTrue(
        PeerIdentity.in(issued)
            .hosts()
            .containsAll(List.of("2001:db8:0:0:0:0:0:1", "a-1.EXAMPLE", "vault")));
  }

  @Test
  void aRequestForTooManyHostsReplacesNoKey() throws Exception {
    request(2);
    byte[] waits = Files.readAllBytes(files(2).nextKey());
    List<String> many = IntStream.range(0, 30).mapToObj(i -> "h" + i).toList();
    assertRefused(
        () -> files(2).request(2, FLEET, many, random), "at most 32 hosts", "these are 35");
    assertArrayEquals(waits, Files.readAllBytes(files(2).nextKey()));
  }

  @Test
  void whatDoesNotFitIsNotInstalled() throws Exception {
    Path issued = signed(home, NOW);
    NodeTls before = load(2, NOW);
    Instant over = NOW.plus(Duration.ofDays(366));
    assertRefused(() -> install(issued, 2, over), issued + " has expired at");
    assertRefused(() -> install(issued, 2, NOW.minus(Duration.ofDays(9))), "is valid from");
    assertRefused(() -> install(issued, 1, NOW), issued + " is node 2's, and this is node 1");
    assertRefused(
        () ->
            files(2).install(issued, 2, "ab".repeat(32), Optional.of(home.resolve("ca.pem")), NOW),
        issued + " does not name this fleet");
    Path others = home.resolve("others");
    found(others);
    Path strangers = signed(others, NOW);
    assertRefused(() -> install(strangers, 2, NOW), "was not issued by the authority in");
    Path first = signed(home, NOW);
    request(2);
    assertRefused(
        () -> install(first, 2, NOW), files(2).key() + " is not the one of the certificate");
    Path fits = signed(home, NOW);
    Files.setPosixFilePermissions(files(2).nextKey(), PosixFilePermissions.fromString("rw-r-----"));
    assertRefused(
        () -> install(fits, 2, NOW),
        files(2).nextKey().toString(),
        "rw-r-----",
        "chmod 600 " + files(2).nextKey());
    assertEquals(before.certificate(), load(2, NOW).certificate());
    assertEquals(before.key(), load(2, NOW).key());
    Path key = home.resolve("authority.key");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertRefused(() -> authority(home), key.toString(), "rw-rw-rw-", "chmod 600 " + key);
  }

  @Test
  void whoWatchesTakesUpWhatIsInstalledAndKeepsWhatIsThereOtherwise() throws Exception {
    NodeTls shown = load(2, NOW);
    X509Certificate before = shown.certificate();
    CertificateWatch watch =
        new CertificateWatch(
            files(2), shown, now -> load(2, now), Clock.fixed(NOW, java.time.ZoneOffset.UTC));
    byte[] sound = Files.readAllBytes(files(2).certificate());
    Files.copy(files(1).certificate(), files(2).certificate(), StandardCopyOption.REPLACE_EXISTING);
    watch.look();
    assertEquals(before, shown.certificate(), "node 1's");
    Files.write(files(2).certificate(), sound);
    X509Certificate installed = install(signed(home, NOW), 2, NOW);
    watch.look();
    assertEquals(installed, shown.certificate());
    String alias = shown.keys() instanceof OwnKey own ? own.getServerAliases("EC", null)[0] : "";
    OwnKey keys = (OwnKey) shown.keys();
    assertEquals(installed, keys.getCertificateChain(alias)[0]);
    assertEquals(shown.key(), keys.getPrivateKey(alias));
  }

  @Test
  void aLookThatFailsForNoReasonThatAnybodyKnewOfIsNotTheLast() throws Exception {
    NodeTls shown = load(2, NOW);
    AtomicInteger loads = new AtomicInteger();
    CertificateWatch watch =
        new CertificateWatch(
            files(2),
            shown,
            now -> {
              if (loads.getAndIncrement() == 0) {
                throw new IllegalStateException("of a library");
              }
              return load(2, now);
            },
            Clock.fixed(NOW, java.time.ZoneOffset.UTC));
    X509Certificate installed = install(signed(home, NOW), 2, NOW);
    watch.look();
    assertEquals(1, loads.get());
    watch.look();
    assertEquals(installed, shown.certificate());
  }

  @Test
  void atTheAuthoritysEndRenewingIsNotAdvised() throws Exception {
    X509Certificate authority = authority(home).certificate();
    X509Certificate first = load(2, NOW).certificate();
    assertEquals(Optional.empty(), CertificateWatch.advice(first, authority, NOW));
    Instant late = NOW.plus(Duration.ofDays(340));
    String renew = CertificateWatch.advice(first, authority, late).orElseThrow();
    assertTrue(renew.contains("coffer node certificate request"), renew);
    Instant last = NOW.plus(FleetAuthority.AUTHORITY);
    Instant soon = last.minus(Duration.ofDays(20));
    X509Certificate renewed = authority(home).sign(request(2), 2, 3, ID, soon, random);
    assertEquals(last, renewed.getNotAfter().toInstant());
    String other = CertificateWatch.advice(renewed, authority, soon).orElseThrow();
    assertTrue(other.contains("the fleet's authority until " + last), other);
    assertFalse(other.contains("coffer node certificate request"), other);
    assertRefused(
        () -> load(2, last.plusSeconds(1)),
        "The authority in " + files(2).authority() + " has expired at " + last);
  }

  private String openssl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, "There is no openssl on this machine: its verdict is not asked.");
      throw e;
    }
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said;
  }

  @Test
  void opensslVerifiesRequestAndCertificate() throws Exception {
    Path issued = signed(home, NOW);
    String csr = home.resolve("node-2.csr").toString();
    String asked = openssl("req", "-in", csr, "-verify", "-noout", "-text");
    assertTrue(asked.contains("URI:urn:coffer:node:2"), asked);
    assertTrue(asked.contains("URI:urn:coffer:fleet:" + ID), asked);
    String ca = home.resolve("ca.pem").toString();
    String at = Long.toString(NOW.getEpochSecond());
    String[] verify = {"verify", "-x509_strict", "-attime", at, "-CAfile", ca, "-purpose", ""};
    for (String purpose : List.of("sslserver", "sslclient")) {
      List<String> whole = new ArrayList<>(List.of(verify));
      whole.set(whole.size() - 1, purpose);
      whole.add(issued.toString());
      String said = openssl(whole.toArray(new String[0]));
      assertTrue(said.contains(": OK"), said);
    }
  }
}
