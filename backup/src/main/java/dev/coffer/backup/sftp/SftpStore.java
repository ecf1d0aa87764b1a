package dev.coffer.backup.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.SftpATTRS;
import com.jcraft.jsch.SftpException;
import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.StoredObject;
import dev.coffer.backup.remote.FolderTree;
import dev.coffer.backup.remote.FolderTree.Member;
import dev.coffer.backup.remote.ObjectNames;
import dev.coffer.backup.remote.Patience;
import dev.coffer.backup.remote.Pause;
import dev.coffer.protocol.crypto.Randomness;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * A store in a folder of a server with SFTP: one file an object. Thread-safe.
 *
 * <p>The server's key must be in {@code known_hosts}; there are no passwords. The connection ends
 * with the process.
 *
 * <p><b>Guarantees:</b> an object is uploaded under another name and then renamed, in one step
 * where the server can (OpenSSH does). What fails in passing is tried again for minutes, over a new
 * connection. <b>Not guaranteed:</b> that the server has written to its disk what it has accepted;
 * SFTP has no word for it. What a power failure there cuts, the next backup finds by its size.
 */
public final class SftpStore implements ObjectStore {
  /** Fewer than the ten that OpenSSH allows for one connection. */
  private static final int CHANNELS_MAX = 6;

  private static final int NAME_OCTETS = 16;

  private final SftpSettings settings;
  private final Randomness randomness;
  private final SshConnection connection;
  private final Patience patience;
  private final FolderTree tree;
  private final Semaphore channels = new Semaphore(CHANNELS_MAX);
  private final Set<String> foldersMade = ConcurrentHashMap.newKeySet();

  SftpStore(SftpSettings settings, Randomness randomness, Pause pause) {
    this.settings = settings;
    this.randomness = randomness;
    this.connection = new SshConnection(settings);
    this.patience = new Patience(settings.host(), pause);
    this.tree = new FolderTree(settings.host(), this::members);
  }

  /**
   * The store at {@code settings}, whose folder the first put makes if it is not there. Connects at
   * the first call.
   *
   * @param randomness names what is not whole yet
   */
  public static SftpStore at(SftpSettings settings, Randomness randomness) {
    return new SftpStore(settings, randomness, Pause.system());
  }

  /** What is done over one channel. */
  @FunctionalInterface
  private interface Work<T> {
    T over(ChannelSftp channel) throws SftpException, IOException, BackupException;
  }

  private <T> T with(String action, Work<T> work) throws BackupException {
    return patience.with(() -> once(action, work), answer -> false);
  }

  private <T> T once(String action, Work<T> work)
      throws IOException, InterruptedException, BackupException {
    channels.acquire();
    try {
      ChannelSftp channel = connection.take();
      boolean sound = false;
      try {
        T done = work.over(channel);
        sound = true;
        return done;
      } catch (SftpException e) {
        if (!channel.isConnected() || e.getCause() instanceof IOException) {
          throw new IOException("the connection broke", e);
        }
        // The server may still have a file open for this channel, which is not used again.
        throw trouble(action, e);
      } catch (RuntimeException e) {
        // The library meets many a broken answer with an unchecked exception.
        throw new IOException("no answer of SFTP", e);
      } finally {
        if (sound) {
          connection.giveBack(channel);
        } else {
          channel.disconnect();
        }
      }
    } finally {
      channels.release();
    }
  }

  private BackupException trouble(String action, SftpException e) {
    String place = settings.folder() + " on " + settings.host();
    return switch (e.id) {
      case ChannelSftp.SSH_FX_PERMISSION_DENIED ->
          new BackupException(
              Reason.STORE_DENIED,
              "Not allowed to "
                  + action
                  + " "
                  + place
                  + ": change its permissions or name another.",
              e);
      default ->
          new BackupException(
              Reason.STORE_FAULT,
              "Cannot " + action + " " + place + ": check the path and the server's disk.",
              e);
    };
  }

  private static boolean isAbsent(SftpException e) {
    return e.id == ChannelSftp.SSH_FX_NO_SUCH_FILE;
  }

  @Override
  public void put(String name, byte[] content) throws BackupException {
    String file = settings.path(ObjectNames.checkedFile(name));
    String temporary =
        settings.path(ObjectNames.TEMPORARY + "/put" + randomness.bytes(NAME_OCTETS).hex());
    try {
      with(
          "write to",
          channel -> {
            folder(channel, settings.path(ObjectNames.TEMPORARY));
            folder(channel, file.substring(0, Math.max(1, file.lastIndexOf('/'))));
            channel.put(new ByteArrayInputStream(content), temporary, ChannelSftp.OVERWRITE);
            if (channel.lstat(temporary).getSize() != content.length) {
              throw new SftpException(ChannelSftp.SSH_FX_FAILURE, "not all was written");
            }
            // A crash before this leaves a file in tmp/, which the next prune removes.
            replace(channel, temporary, file);
            return true;
          });
    } catch (BackupException e) {
      if (e.reason() == Reason.STORE_FAULT && isFull(temporary, content.length)) {
        throw new BackupException(
            Reason.STORE_FULL,
            "The disk of "
                + settings.host()
                + " is full: free some space there and run the same command again.",
            e);
      }
      throw e;
    }
  }

  private static void replace(ChannelSftp channel, String temporary, String file)
      throws SftpException {
    try {
      channel.rename(temporary, file);
    } catch (SftpException e) {
      if (!channel.isConnected() || attributes(channel, file).isEmpty()) {
        throw e;
      }
      // A server without OpenSSH's renaming does not replace: for a moment neither is there.
      String before = temporary + ".before";
      remove(channel, before);
      channel.rename(file, before);
      try {
        channel.rename(temporary, file);
      } catch (SftpException failed) {
        channel.rename(before, file);
        throw failed;
      }
      remove(channel, before);
    }
  }

  private static void remove(ChannelSftp channel, String file) throws SftpException {
    try {
      channel.rm(file);
    } catch (SftpException e) {
      if (!isAbsent(e)) {
        throw e;
      }
    }
  }

  /**
   * Whether what could not be written had no room, and removes what there is of it. Servers that do
   * not tell have some.
   */
  private boolean isFull(String temporary, long size) {
    try {
      return with(
          "look at",
          channel -> {
            boolean full = channel.statVFS(settings.path("")).getAvailForNonRoot() << 10 < size;
            remove(channel, temporary);
            return full;
          });
    } catch (BackupException e) {
      return false;
    }
  }

  /** Makes a folder and those that it is in. */
  private void folder(ChannelSftp channel, String path) throws SftpException {
    if (foldersMade.contains(path) || attributes(channel, path).isPresent()) {
      foldersMade.add(path);
      return;
    }
    int slash = path.lastIndexOf('/');
    if (slash > 0) {
      folder(channel, path.substring(0, slash));
    }
    try {
      channel.mkdir(path);
    } catch (SftpException e) {
      // Another thread may have been faster.
      if (attributes(channel, path).isEmpty()) {
        throw e;
      }
    }
    foldersMade.add(path);
  }

  private static Optional<SftpATTRS> attributes(ChannelSftp channel, String path)
      throws SftpException {
    try {
      return Optional.of(channel.lstat(path));
    } catch (SftpException e) {
      if (isAbsent(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public Optional<byte[]> get(String name, int sizeMax) throws BackupException {
    String file = settings.path(ObjectNames.checkedFile(name));
    return with(
        "read from",
        channel -> {
          // Looked at before it is opened: a pipe in its place would never answer.
          Optional<SftpATTRS> found = attributes(channel, file);
          if (found.isEmpty()) {
            return Optional.empty();
          }
          if (!found.get().isReg()) {
            throw ObjectNames.fault(name, "is no file");
          }
          if (found.get().getSize() > sizeMax) {
            throw ObjectNames.fault(name, "is larger than any Coffer writes");
          }
          try (InputStream in = channel.get(file)) {
            byte[] content = in.readNBytes(sizeMax);
            if (content.length == sizeMax && in.read() >= 0) {
              throw ObjectNames.fault(name, "is larger than any Coffer writes");
            }
            return Optional.of(content);
          } catch (SftpException e) {
            if (isAbsent(e)) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  /** What is in a folder; nothing if it is not there. */
  private List<Member> members(String folder) throws BackupException {
    String path = settings.path(folder.isEmpty() ? "" : folder.substring(0, folder.length() - 1));
    return with(
        "list",
        channel -> {
          List<Member> members = new ArrayList<>();
          try {
            channel.ls(
                path,
                entry -> {
                  SftpATTRS found = entry.getAttrs();
                  String name = entry.getFilename();
                  if ((found.isDir() || found.isReg()) && !name.equals(".") && !name.equals("..")) {
                    Instant modified =
                        Instant.ofEpochSecond(Integer.toUnsignedLong(found.getMTime()));
                    members.add(new Member(name, found.isDir(), found.getSize(), modified));
                  }
                  return members.size() > BackupLimits.OBJECTS_MAX
                      ? ChannelSftp.LsEntrySelector.BREAK
                      : ChannelSftp.LsEntrySelector.CONTINUE;
                });
          } catch (SftpException e) {
            if (!isAbsent(e)) {
              throw e;
            }
          }
          return members;
        });
  }

  @Override
  public boolean isEmpty() throws BackupException {
    return tree.isEmpty();
  }

  @Override
  public void list(String prefix, Consumer<StoredObject> sink) throws BackupException {
    tree.list(prefix, sink);
  }

  @Override
  public void delete(String name) throws BackupException {
    removal(ObjectNames.checkedFile(name));
  }

  /** Another device may have been faster. */
  private void removal(String name) throws BackupException {
    String file = settings.path(name);
    with(
        "delete in",
        channel -> {
          remove(channel, file);
          return true;
        });
  }

  @Override
  public void sweep(Instant before) throws BackupException {
    tree.sweep(before, this::removal);
  }

  @Override
  public void flush() {
    // The server answers a renaming when it is done; it promises no more.
  }
}
