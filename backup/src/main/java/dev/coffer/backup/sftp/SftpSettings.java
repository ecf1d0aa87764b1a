package dev.coffer.backup.sftp;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a store is that {@code ssh} reaches, and who asks for it.
 *
 * @param user at the server
 * @param host its name, or an alias of {@code ~/.ssh/config}
 * @param port −1 for the usual one, or the one of that file
 * @param folder from the root of its files; without a slash at its beginning, from the user's home
 * @param dotSsh the folder {@code .ssh} of who asks: {@code known_hosts}, {@code config}, keys
 * @param keyFile a private key without passphrase; empty for the agent's keys, else the usual files
 * @param agent the socket of an SSH agent
 */
public record SftpSettings(
    String user,
    String host,
    int port,
    String folder,
    Path dotSsh,
    Optional<Path> keyFile,
    Optional<Path> agent) {
  /** Refuses what cannot be meant; the messages say what to write instead. */
  public SftpSettings {
    if (!host.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}|[0-9A-Fa-f:.]{2,45}")) {
      throw new IllegalArgumentException("write the host's name, or its alias of ~/.ssh/config");
    }
    if (!user.matches("[A-Za-z0-9_.][A-Za-z0-9_.@+-]{0,63}")) {
      throw new IllegalArgumentException("write the user before the host, sftp://USER@HOST/PATH");
    }
    // The library takes these for patterns and escapes.
    if (folder.chars().anyMatch(ch -> ch < ' ' || "*?\\".indexOf(ch) >= 0)
        || folder.length() > 1024) {
      throw new IllegalArgumentException(
          "write the path without asterisks, question marks and backslashes");
    }
  }

  /**
   * The settings of {@code sftp://USER@HOST[:PORT]/PATH}, or {@code /~/PATH} from the user's home.
   */
  public static SftpSettings of(
      URI address, Path dotSsh, Optional<Path> keyFile, Optional<Path> agent) {
    String user = String.valueOf(address.getRawUserInfo());
    if (user.contains(":")) {
      throw new IllegalArgumentException(
          "a password does not belong into an address: use an SSH key");
    }
    if (address.getHost() == null || address.getRawUserInfo() == null) {
      throw new IllegalArgumentException("write sftp://USER@HOST/PATH");
    }
    if (address.getRawQuery() != null || address.getRawFragment() != null) {
      throw new IllegalArgumentException("write the path without question mark and number sign");
    }
    String path = address.getPath();
    boolean home = path.equals("/~") || path.startsWith("/~/");
    String folder = home ? path.substring(Math.min(path.length(), 3)) : path;
    if (!home && folder.replace("/", "").isEmpty()) {
      throw new IllegalArgumentException("write the path of a folder, sftp://USER@HOST/PATH");
    }
    String host = address.getHost().replaceAll("[\\[\\]]", "");
    return new SftpSettings(user, host, address.getPort(), trimmed(folder), dotSsh, keyFile, agent);
  }

  private static String trimmed(String folder) {
    return folder.length() > 1 && folder.endsWith("/")
        ? folder.substring(0, folder.length() - 1)
        : folder;
  }

  /** The path of a file or folder of the store. */
  String path(String name) {
    return folder.isEmpty()
        ? name.isEmpty() ? "." : name
        : name.isEmpty() ? folder : folder + "/" + name;
  }
}
