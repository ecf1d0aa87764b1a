package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Targets of the common shapes. */
final class Codecs {
  private Codecs() {}

  /** Reads a value from a text or from octets. */
  @FunctionalInterface
  interface Reader<S, T> {
    T read(S source) throws Exception;
  }

  /** A value that stands alone. */
  static <T> Target whole(
      String name, List<Bytes> seeds, Reader<Bytes, T> decode, Function<T, Bytes> encode) {
    return new Target(name, seeds, input -> Optional.of(decode.read(input)).map(encode));
  }

  /** A value that is part of others. */
  static <T> Target part(
      String name,
      List<Bytes> seeds,
      Reader<CanonicalReader, T> read,
      BiConsumer<T, CanonicalWriter> write) {
    return new Target(
        name,
        seeds,
        input -> {
          CanonicalReader in = new CanonicalReader(input);
          T value = read.read(in);
          in.end();
          CanonicalWriter out = new CanonicalWriter();
          write.accept(value, out);
          return Optional.of(out.toBytes());
        });
  }

  /** A text; octets that are not UTF-8 never get that far. */
  static <T> Target text(
      String name, List<Bytes> seeds, Reader<String, T> parse, Function<T, String> print) {
    return new Target(
        name,
        seeds,
        input -> {
          Optional<String> text = utf8(input);
          return text.isEmpty()
              ? Optional.empty()
              : Optional.of(utf8(print.apply(parse.read(text.get()))));
        });
  }

  /**
   * A format in which one meaning has several spellings: what is written has to be read as the same
   * again.
   */
  static <T> Target settled(
      String name, List<Bytes> seeds, Reader<Bytes, T> decode, Function<T, Bytes> encode) {
    return new Target(
        name,
        seeds,
        input -> {
          T value = decode.read(input);
          Bytes written = encode.apply(value);
          T again = decode.read(written);
          if (!again.equals(value) || !encode.apply(again).equals(written)) {
            throw new AssertionError(name + " reads what it wrote as something else: " + input);
          }
          return Optional.of(input);
        });
  }

  /** A reader whose only promise is to refuse in its own words. */
  static Target survives(String name, List<Bytes> seeds, Reader<Bytes, ?> read) {
    return new Target(
        name,
        seeds,
        input -> {
          Object value = read.read(input);
          return value instanceof Optional<?> found && found.isEmpty()
              ? Optional.empty()
              : Optional.of(input);
        });
  }

  static Optional<String> utf8(Bytes octets) {
    try {
      ByteBuffer in = ByteBuffer.wrap(octets.toByteArray());
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(in).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  static Bytes utf8(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
