package dev.coffer.backup.sftp;

import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.AgentProxyException;
import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.ConfigRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchChangedHostKeyException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchHostKeyException;
import com.jcraft.jsch.OpenSSHConfig;
import com.jcraft.jsch.SSHAgentConnector;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.UnixDomainSocketFactory;
import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a server, with a channel for each thread that has something to do at a time;
 * made when it is needed, and again when it broke. Thread-safe.
 */
final class SshConnection {
  private static final int CONNECT_MILLIS = 15_000;
  private static final int SILENT_MILLIS = 30_000;
  private static final int SILENT_TIMES = 4;
  private static final List<String> KEY_FILES = List.of("id_ed25519", "id_ecdsa", "id_rsa");

  private final SftpSettings settings;
  private final Deque<ChannelSftp> idle = new ArrayDeque<>();
  private @Nullable Session session;

  SshConnection(SftpSettings settings) {
    this.settings = settings;
  }

  /** A channel for this thread alone, until it gives it back or breaks it off. */
  synchronized ChannelSftp take() throws IOException, BackupException {
    for (ChannelSftp channel = idle.poll(); channel != null; channel = idle.poll()) {
      if (channel.isConnected()) {
        return channel;
      }
    }
    try {
      Session open = session;
      if (open == null || !open.isConnected()) {
        session = null;
        open = session();
        open.connect(CONNECT_MILLIS);
        session = open;
      }
      ChannelSftp channel = (ChannelSftp) open.openChannel("sftp");
      channel.connect(CONNECT_MILLIS);
      return channel;
    } catch (JSchException e) {
      throw refusal(e).orElseThrow(() -> new IOException("no connection", e));
    } catch (RuntimeException e) {
      // The library meets many a broken greeting with an unchecked exception.
      throw new IOException("no connection", e);
    }
  }

  synchronized void giveBack(ChannelSftp channel) {
    idle.push(channel);
  }

  private Session session() throws JSchException, IOException, BackupException {
    JSch ssh = new JSch();
    Path config = settings.dotSsh().resolve("config");
    if (Files.isRegularFile(config)) {
      OpenSSHConfig wanted = OpenSSHConfig.parseFile(config.toString());
      direct(wanted.getConfig(settings.host()));
      ssh.setConfigRepository(wanted);
    }
    Path known = settings.dotSsh().resolve("known_hosts");
    if (Files.isRegularFile(known)) {
      ssh.setKnownHosts(known.toString());
    }
    if (settings.keyFile().isPresent()) {
      key(ssh, settings.keyFile().get());
    } else if (!agent(ssh)) {
      for (String name : KEY_FILES) {
        Path file = settings.dotSsh().resolve(name);
        if (Files.isRegularFile(file)) {
          ssh.addIdentity(file.toString());
        }
      }
    }
    Session made =
        settings.port() < 0
            ? ssh.getSession(settings.user(), settings.host())
            : ssh.getSession(settings.user(), settings.host(), settings.port());
    // After the file of the user, which may want it otherwise.
    made.setConfig("StrictHostKeyChecking", "yes");
    made.setConfig("PreferredAuthentications", "publickey");
    made.setDaemonThread(true);
    made.setServerAliveInterval(SILENT_MILLIS);
    made.setServerAliveCountMax(SILENT_TIMES);
    return made;
  }

  /** Refuses detours that {@code ssh} would take: without them another may be reached. */
  private void direct(ConfigRepository.Config wanted) throws BackupException {
    for (String detour : List.of("ProxyJump", "ProxyCommand")) {
      String through = wanted.getValue(detour);
      if (through != null && !through.equalsIgnoreCase("none")) {
        throw new BackupException(
            Reason.LOCAL_FAULT,
            "~/.ssh/config has a "
                + detour
                + " for "
                + settings.host()
                + ", which is not followed here: forward a port with ssh -L, and name that.");
      }
    }
  }

  private static void key(JSch ssh, Path file) throws JSchException, BackupException {
    if (!Files.isReadable(file)) {
      throw new BackupException(
          Reason.LOCAL_FAULT, "The SSH key " + file + " cannot be read: name another.");
    }
    ssh.addIdentity(file.toString());
  }

  /** Whether an agent answers that has keys. */
  private boolean agent(JSch ssh) {
    if (settings.agent().isEmpty()) {
      return false;
    }
    try {
      AgentIdentityRepository keys =
          new AgentIdentityRepository(
              new SSHAgentConnector(new UnixDomainSocketFactory(), settings.agent().get()));
      if (keys.getIdentities().isEmpty()) {
        return false;
      }
      ssh.setIdentityRepository(keys);
      return true;
    } catch (AgentProxyException e) {
      // Nothing listens there: files may do.
      return false;
    }
  }

  /** What no second try would change. */
  private Optional<BackupException> refusal(JSchException e) {
    String host = settings.host();
    if (e instanceof JSchHostKeyException) {
      boolean other = e instanceof JSchChangedHostKeyException;
      return Optional.of(
          new BackupException(
              Reason.STORE_DENIED,
              other
                  ? "The key of "
                      + host
                      + " is another than known_hosts has, so somebody else may be answering: ask who"
                      + " runs it before you go on."
                  : "The key of "
                      + host
                      + " is not in known_hosts: connect once with ssh, and compare what it shows.",
              e));
    }
    String said = String.valueOf(e.getMessage());
    if (Stream.of("Auth fail", "Auth cancel", "USERAUTH fail", "invalid privatekey")
        .anyMatch(said::startsWith)) {
      return Optional.of(
          new BackupException(
              Reason.STORE_DENIED,
              host
                  + " accepts no key of yours as "
                  + settings.user()
                  + ": load one into the SSH agent, or name a key file without passphrase.",
              e));
    }
    return Optional.empty();
  }
}
