package dev.coffer.backup.object;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.framework.stream.StandardDecryptingChannelFactory;
import com.exceptionfactory.jagged.framework.stream.StandardEncryptingChannelFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import dev.coffer.backup.BackupKey;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;

/**
 * A binary age v1 file with one X25519 recipient (C2SP age), in memory. Stateless and thread-safe.
 */
public final class AgeFile {
  private AgeFile() {}

  public static byte[] seal(BackupKey key, byte[] plain) {
    return seal(key.recipient(), plain);
  }

  /** A file for the recipient {@code age1…}; an {@link IllegalArgumentException} if it is none. */
  public static byte[] seal(String recipient, byte[] plain) {
    RecipientStanzaWriter writer = writer(recipient);
    ByteArrayOutputStream file =
        new ByteArrayOutputStream(plain.length + 1024 + (plain.length >> 10));
    try (WritableByteChannel out =
        new StandardEncryptingChannelFactory()
            .newEncryptingChannel(Channels.newChannel(file), List.of(writer))) {
      ByteBuffer content = ByteBuffer.wrap(plain);
      while (content.hasRemaining()) {
        out.write(content);
      }
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("encrypting in memory cannot fail", e);
    }
    return file.toByteArray();
  }

  /** Whether that is the recipient of an age file, its check included: {@code age1…}. */
  public static boolean isRecipient(String text) {
    try {
      RecipientStanzaWriter unused = writer(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static RecipientStanzaWriter writer(String recipient) {
    try {
      return X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(recipient);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IllegalArgumentException("no recipient of age's", e);
    }
  }

  /** The header does not open: it is damaged, or the file is for another key. */
  static final class Unopened extends IOException {
    private static final long serialVersionUID = 1L;

    Unopened(Exception cause) {
      super("its header does not open", cause);
    }
  }

  /**
   * The plaintext; an {@link Unopened} if the header is damaged or the file for another key,
   * another {@link IOException} if it is for this key and damaged.
   */
  public static byte[] open(BackupKey key, byte[] file) throws IOException {
    try (SecretBytes identity = key.identity()) {
      return open(identity, file);
    }
  }

  /** The same by the identity {@code AGE-SECRET-KEY-1…} in ASCII, which stays the caller's. */
  public static byte[] open(SecretBytes identity, byte[] file) throws IOException {
    byte[] plain = new byte[file.length];
    ByteBuffer target = ByteBuffer.wrap(plain);
    try (ReadableByteChannel in = openHeader(identity, file)) {
      // The plaintext is shorter than the file, so the target always has room and the loop sees the
      // end.
      while (in.read(target) >= 0) {
        if (!target.hasRemaining()) {
          throw new IOException("longer than its envelope");
        }
      }
    } catch (RuntimeException e) {
      throw new IOException("does not decrypt", e);
    }
    return Arrays.copyOf(plain, target.position());
  }

  private static ReadableByteChannel openHeader(SecretBytes identity, byte[] file) throws Unopened {
    try {
      return new StandardDecryptingChannelFactory()
          .newDecryptingChannel(
              Channels.newChannel(new ByteArrayInputStream(file)), List.of(reader(identity)));
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      throw new Unopened(e);
    }
  }

  private static RecipientStanzaReader reader(SecretBytes identity)
      throws GeneralSecurityException {
    byte[] ascii = identity.copy();
    char[] text = new char[ascii.length];
    for (int i = 0; i < text.length; i++) {
      text[i] = (char) ascii[i];
    }
    try {
      return X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(CharBuffer.wrap(text));
    } finally {
      Arrays.fill(ascii, (byte) 0);
      Arrays.fill(text, '\0');
    }
  }
}
