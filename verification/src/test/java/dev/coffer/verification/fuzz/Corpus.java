package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Inputs that guided runs of ours found to lead where no seed leads, kept in the tree and tried in
 * every build: a file a target, gzip of u32 size ‖ octets, one after another.
 */
final class Corpus {
  private static final int INPUT_MAX = 1 << 20;

  private Corpus() {}

  /** Those of a target; none if nothing is kept for it. */
  static List<Bytes> kept(String target) {
    InputStream file = Corpus.class.getResourceAsStream("/fuzz/corpus/" + target + ".gz");
    if (file == null) {
      return List.of();
    }
    List<Bytes> inputs = new ArrayList<>();
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(new GZIPInputStream(file)))) {
      for (int first = in.read(); first >= 0; first = in.read()) {
        int size = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
        if (size < 0 || size > INPUT_MAX) {
          throw new IOException("no corpus: " + target);
        }
        byte[] input = new byte[size];
        in.readFully(input);
        inputs.add(Bytes.wrap(input));
      }
      return inputs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Replaces {@code file}; returns its size. */
  static long write(Path file, List<Bytes> inputs) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(packed))) {
      for (Bytes input : inputs) {
        out.writeInt(input.size());
        out.write(input.toByteArray());
      }
    }
    Files.write(file, packed.toByteArray());
    return packed.size();
  }
}
