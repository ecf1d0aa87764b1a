package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetHome;
import dev.coffer.files.HostName;
import dev.coffer.files.SettingMistake;
import dev.coffer.node.NodeCertificate;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.tls.CertificateRequest;
import dev.coffer.node.tls.CertificateWatch;
import dev.coffer.node.tls.FleetAuthority;
import dev.coffer.node.tls.PeerIdentity;
import dev.coffer.node.tls.TlsFiles;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer node certificate}: who a node is to the other nodes and to clients. */
@CommandLine.Command(
    name = "certificate",
    description = "Look at a node's TLS certificate and renew it; a running node needs no restart.",
    subcommands = {
      NodeCertificateCommand.Request.class,
      NodeCertificateCommand.Sign.class,
      NodeCertificateCommand.Install.class,
      NodeCertificateCommand.Show.class
    })
final class NodeCertificateCommand extends CommandGroup {
  private static final int FINGERPRINT_DIGITS = 32;

  /** Which node. */
  static final class Which {
    @Mixin private HomeOption where = new HomeOption();

    @Option(names = "--node", paramLabel = "I", description = "Node I of the fleet in --home.")
    private Optional<Integer> node = Optional.empty();

    @Option(
        names = "--node-config",
        paramLabel = "FILE",
        description = "The node's configuration file, where there is no fleet in --home.")
    private Optional<Path> file = Optional.empty();

    NodeConfig config(Session session) throws Failure, IOException {
      if (file.isEmpty() && node.isEmpty()) {
        throw new Failure(
            ExitCode.USAGE,
            "It is not said which node.",
            "Name it with --node I or --node-config.");
      }
      try {
        return NodeConfig.read(
            file.isPresent()
                ? file.get()
                : new FleetHome(where.home(session)).config(node.orElseThrow()));
      } catch (SettingMistake e) {
        throw new Failure(
            ExitCode.HERE, String.valueOf(e.getMessage()), "Mend it and run the command again.");
      }
    }
  }

  /** The sentence is whole: it says what to do. */
  private static Failure refused(IOException e) {
    return new Failure(
        ExitCode.HERE, String.valueOf(e.getMessage()), "The node's certificate is as it was.");
  }

  private static String fingerprint(PublicKey key) {
    return Hashes.sha256(Bytes.wrap(key.getEncoded())).hex().substring(0, FINGERPRINT_DIGITS);
  }

  private static String text(Instant until) {
    return until.toString();
  }

  private static Instant until(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant();
  }

  /** {@code request}. */
  @CommandLine.Command(
      name = "request",
      description =
          "Make a new key in the node's folder, beside the present one, and write a request for its certificate.")
  static final class Request extends Command {
    @Mixin private Which which = new Which();

    @Option(
        names = "--host",
        paramLabel = "NAME",
        description =
            "A name or address that clients or nodes reach it by, besides those of its certificate and its"
                + " configuration; may be given several times.")
    private List<String> hosts = List.of();

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Where to write it; node.csr beside the certificate unless given.")
    private Optional<Path> out = Optional.empty();

    Request(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException {
      NodeConfig config = which.config(session());
      Optional<String> none = hosts.stream().filter(host -> !HostName.valid(host)).findFirst();
      if (none.isPresent()) {
        throw new Failure(
            ExitCode.USAGE,
            "A certificate cannot name the host " + none.get() + ".",
            "Give " + HostName.FORM + ".");
      }
      Path file = out.orElse(config.tls().certificate().resolveSibling("node.csr"));
      CertificateRequest request;
      try {
        request = new NodeCertificate(config).request(hosts, new SecureRandom());
        TlsFiles.write(file, request);
      } catch (IOException e) {
        throw refused(e);
      }
      String key = fingerprint(request.key());
      speech().result("Node " + request.node() + " asks for a certificate in " + file + ".");
      speech().result("  key " + key + ", hosts " + String.join(", ", request.hosts()));
      speech()
          .say(
              "  Who has the authority's key compares this and runs coffer node certificate sign --node "
                  + request.node());
      speech()
          .result(
              new JsonWriter()
                  .put("node", request.node())
                  .put("fleet", request.fleet())
                  .put("request", file.toString())
                  .put("key", key)
                  .putTexts("hosts", request.hosts()));
      return ExitCode.OK;
    }
  }

  /** {@code sign}. */
  @CommandLine.Command(
      name = "sign",
      description = "Sign a node's request with the key of the fleet's authority.")
  static final class Sign extends Command {
    @Mixin private HomeOption where = new HomeOption();

    @Parameters(paramLabel = "REQUEST", description = "The request, as the node wrote it.")
    private Path request = Path.of("");

    @Option(
        names = "--node",
        paramLabel = "I",
        required = true,
        description = "Whose certificate it is to be: a request for another number is refused.")
    private int node;

    @Option(
        names = "--authority-key",
        paramLabel = "FILE",
        description = "The authority's key, mode 600; authority.key in --home unless given.")
    private Optional<Path> key = Optional.empty();

    @Option(
        names = "--authority",
        paramLabel = "FILE",
        description = "The authority's certificate; ca.pem in --home unless given.")
    private Optional<Path> authority = Optional.empty();

    @Option(
        names = "--fleet",
        paramLabel = "FILE",
        description = "The fleet's description; fleet.bin in --home unless given.")
    private Optional<Path> fleet = Optional.empty();

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Where to write the certificate; node-I.pem beside the request unless given.")
    private Optional<Path> out = Optional.empty();

    Sign(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException {
      FleetHome home = new FleetHome(where.home(session()));
      Path file = out.orElse(request.toAbsolutePath().resolveSibling("node-" + node + ".pem"));
      CertificateRequest asked;
      X509Certificate issued;
      try {
        asked = CertificateRequest.read(request);
        FleetAuthority signer =
            FleetAuthority.open(
                key.orElse(home.authorityKey()), authority.orElse(home.authority()));
        issued =
            NodeCertificate.sign(
                asked,
                node,
                fleet.orElse(home.fleet()),
                signer,
                session().clock().instant(),
                new SecureRandom());
        TlsFiles.write(file, issued);
      } catch (IOException e) {
        throw refused(e);
      }
      String fingerprint = fingerprint(asked.key());
      speech().result("Node " + node + "'s certificate is in " + file + ".");
      speech()
          .result(
              "  key "
                  + fingerprint
                  + ", hosts "
                  + String.join(", ", asked.hosts())
                  + ", until "
                  + text(until(issued)));
      speech().say("  On the node: coffer node certificate install --node " + node);
      speech()
          .result(
              new JsonWriter()
                  .put("node", node)
                  .put("fleet", asked.fleet())
                  .put("certificate", file.toString())
                  .put("key", fingerprint)
                  .putTexts("hosts", asked.hosts())
                  .put("until", text(until(issued))));
      return ExitCode.OK;
    }
  }

  /** {@code install}. */
  @CommandLine.Command(
      name = "install",
      description =
          "Put a certificate that was issued, and its key, in the place of the present ones. A running node shows it"
              + " within seconds.")
  static final class Install extends Command {
    @Mixin private Which which = new Which();

    @Parameters(paramLabel = "CERTIFICATE", description = "The certificate, as it was signed.")
    private Path issued = Path.of("");

    Install(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException {
      NodeConfig config = which.config(session());
      X509Certificate installed;
      try {
        installed = new NodeCertificate(config).install(issued, session().clock().instant());
      } catch (IOException e) {
        throw refused(e);
      }
      speech()
          .result(
              "Node "
                  + config.node()
                  + " has its certificate until "
                  + text(until(installed))
                  + ".");
      speech()
          .result(
              new JsonWriter()
                  .put("node", config.node())
                  .put("certificate", config.tls().certificate().toString())
                  .put("until", text(until(installed))));
      return ExitCode.OK;
    }
  }

  /** {@code show}. */
  @CommandLine.Command(
      name = "show",
      description = {
        "Show for which node and fleet a certificate is, and until when.",
        "Exit codes: 0 for 30 days and more, 15 if it or its authority ends sooner."
      })
  static final class Show extends Command {
    @Mixin private Which which = new Which();

    Show(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException {
      NodeConfig config = which.config(session());
      X509Certificate own;
      X509Certificate authority;
      try {
        own = config.tls().shown();
        authority = config.tls().issuer();
      } catch (IOException e) {
        throw refused(e);
      }
      Instant now = session().clock().instant();
      PeerIdentity.Names names = PeerIdentity.in(own);
      Optional<String> advice = CertificateWatch.advice(own, authority, now);
      boolean soon = advice.isPresent();
      long days = Duration.between(now, until(own)).toDays();
      speech()
          .result(
              "Node "
                  + (names.node().isPresent() ? names.node().getAsInt() : "?")
                  + " of fleet "
                  + names.fleet().orElse("(it names none: an earlier version's)")
                  + ": until "
                  + text(until(own))
                  + " ("
                  + days
                  + " days), its authority until "
                  + text(until(authority)));
      speech().result("  key " + fingerprint(own.getPublicKey()) + ", hosts " + hosts(names));
      if (Files.exists(config.tls().nextKey())) {
        speech().result("  another key waits for its certificate");
      }
      advice.ifPresent(speech()::warn);
      speech()
          .result(
              new JsonWriter()
                  .put("node", names.node().orElse(0))
                  .put("fleet", names.fleet().orElse(""))
                  .put("certificate", config.tls().certificate().toString())
                  .put("key", fingerprint(own.getPublicKey()))
                  .putTexts("hosts", names.hosts())
                  .put("until", text(until(own)))
                  .put("authorityUntil", text(until(authority)))
                  .put("days", days)
                  .put("soon", soon));
      return soon ? ExitCode.EXPIRING : ExitCode.OK;
    }

    private static String hosts(PeerIdentity.Names names) {
      return String.join(", ", names.hosts());
    }
  }
}
