package dev.coffer.node.tls;

import dev.coffer.files.HostName;
import dev.coffer.protocol.codec.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.jspecify.annotations.Nullable;

/**
 * Which node of which fleet a certificate speaks for: URIs among its subject alternative names.
 * Stateless.
 */
public final class PeerIdentity {
  private static final String NODE = "urn:coffer:node:";
  private static final String FLEET = "urn:coffer:fleet:";
  private static final int HOSTS_MAX = 32;

  private PeerIdentity() {}

  /**
   * What a certificate says of itself.
   *
   * @param node empty unless it names exactly one
   * @param fleet hexadecimal; empty unless it names exactly one: those of earlier versions do not
   * @param hosts names and literal addresses
   */
  public record Names(OptionalInt node, Optional<String> fleet, List<String> hosts) {
    public Names {
      hosts = List.copyOf(hosts);
    }
  }

  private record Name(int tag, String text) {}

  static X500Name subject(int node) {
    return new X500Name("CN=Coffer node " + node);
  }

  /**
   * The names of a node; this machine's own are always among them.
   *
   * @throws IOException with one sentence if {@code hosts} are too many, or one is no {@link
   *     HostName}
   */
  static GeneralNames names(int node, String fleet, Collection<String> hosts) throws IOException {
    Set<String> all = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"));
    for (String host : hosts) {
      if (!HostName.valid(host)) {
        throw new IOException(
            "A certificate cannot name the host " + host + ": give " + HostName.FORM + ".");
      }
      all.add(HostName.literal(host).map(InetAddress::getHostAddress).orElse(host));
    }
    if (all.size() > HOSTS_MAX) {
      throw new IOException(
          "A certificate names at most "
              + HOSTS_MAX
              + " hosts, this machine's own among them, and these are "
              + all.size()
              + ": give fewer.");
    }
    List<GeneralName> names = new ArrayList<>();
    names.add(new GeneralName(GeneralName.uniformResourceIdentifier, NODE + node));
    if (!fleet.isEmpty()) {
      names.add(new GeneralName(GeneralName.uniformResourceIdentifier, FLEET + fleet));
    }
    for (String host : all) {
      names.add(
          HostName.literal(host)
              .map(one -> new DEROctetString(one.getAddress()))
              .map(octets -> new GeneralName(GeneralName.iPAddress, octets))
              .orElseGet(() -> new GeneralName(GeneralName.dNSName, host)));
    }
    return new GeneralNames(names.toArray(new GeneralName[0]));
  }

  /** What a certificate names; TLS has verified its chain before. */
  public static Names in(X509Certificate certificate) {
    List<Name> names = new ArrayList<>();
    try {
      Collection<List<?>> found = certificate.getSubjectAlternativeNames();
      for (List<?> name : found == null ? List.<List<?>>of() : found) {
        if (name.get(0) instanceof Integer tag && name.get(1) instanceof String text) {
          names.add(new Name(tag, text));
        }
      }
    } catch (CertificateParsingException e) {
      names.clear();
    }
    return of(names);
  }

  /**
   * What a request names; {@code null} for nothing.
   *
   * @throws IllegalArgumentException if those are too many, or no names of hosts
   */
  static Names read(@Nullable GeneralNames asked) {
    List<Name> names = new ArrayList<>();
    for (GeneralName name : asked == null ? new GeneralName[0] : asked.getNames()) {
      names.add(new Name(name.getTagNo(), text(name)));
    }
    Names read = of(names);
    if (read.hosts().size() > HOSTS_MAX || !read.hosts().stream().allMatch(HostName::valid)) {
      throw new IllegalArgumentException("names that are none");
    }
    return read;
  }

  private static String text(GeneralName name) {
    if (name.getTagNo() != GeneralName.iPAddress) {
      return name.getName().toString();
    }
    try {
      byte[] octets = ASN1OctetString.getInstance(name.getName()).getOctets();
      return InetAddress.getByAddress(octets).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address that is none", e);
    }
  }

  private static Names of(List<Name> names) {
    List<String> numbers = uris(names, NODE);
    List<String> fleets = uris(names, FLEET);
    boolean plain = numbers.size() == 1 && numbers.getFirst().matches("[1-9]");
    int index = plain ? Integer.parseInt(numbers.getFirst()) : 0;
    return new Names(
        index >= 1 && index <= Limits.HSMS_MAX ? OptionalInt.of(index) : OptionalInt.empty(),
        fleets.size() == 1 && fleets.getFirst().matches("[0-9a-f]{64}")
            ? Optional.of(fleets.getFirst())
            : Optional.empty(),
        names.stream()
            .filter(
                name -> name.tag() == GeneralName.dNSName || name.tag() == GeneralName.iPAddress)
            .map(Name::text)
            .toList());
  }

  private static List<String> uris(List<Name> names, String prefix) {
    return names.stream()
        .filter(name -> name.tag() == GeneralName.uniformResourceIdentifier)
        .filter(name -> name.text().startsWith(prefix))
        .map(name -> name.text().substring(prefix.length()))
        .toList();
  }

  /** The index in {@code certificate}; empty unless it names exactly one. */
  public static OptionalInt indexIn(X509Certificate certificate) {
    return in(certificate).node();
  }
}
