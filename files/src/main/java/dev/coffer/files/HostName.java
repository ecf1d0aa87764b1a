package dev.coffer.files;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What counts as the host of a machine wherever people or files name one: a name (RFC 1123 section
 * 2.1) or a literal address, without a port. Nothing is looked up. Stateless.
 */
public final class HostName {
  /** What {@link #valid} takes, for whoever has to type it. */
  public static final String FORM =
      "a name such as vault.example or a literal address such as 192.0.2.1 or 2001:db8::1, without"
          + " a port";

  /** The last label of a name is none of digits alone: such are addresses, or slips of the pen. */
  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}$)(?!.*(^|\\.)[0-9]+$)"
              + "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
              + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");

  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern FOUR = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

  /** The JDK takes whatever begins so and has a colon for an address, and looks up nothing. */
  private static final Pattern SIX = Pattern.compile("(?=[^:]*:)[0-9A-Fa-f:][0-9A-Fa-f:.]{1,44}");

  private HostName() {}

  /** Whether {@code text} is one. */
  public static boolean valid(String text) {
    return NAME.matcher(text).matches() || literal(text).isPresent();
  }

  /** The literal address that {@code text} is; empty for names and for what is no host. */
  public static Optional<InetAddress> literal(String text) {
    if (!FOUR.matcher(text).matches() && !SIX.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** One spelling for all spellings of a host: two machines do not differ in case or zeros. */
  public static String canonical(String host) {
    return literal(host).map(InetAddress::getHostAddress).orElse(host.toLowerCase(Locale.ROOT));
  }

  /** Whether no other machine reaches it: a loopback or unspecified address, or its name. */
  public static boolean ownMachineOnly(String host) {
    return literal(host)
        .map(address -> address.isLoopbackAddress() || address.isAnyLocalAddress())
        .orElse(host.equalsIgnoreCase("localhost"));
  }
}
