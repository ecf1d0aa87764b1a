package dev.coffer.node.order;

import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.codec.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * What a voter's marker says, and the copy of it inside the engine's directory (docs/replication.md
 * rule 4).
 *
 * @param fleet the fleet's id, hexadecimal; empty where there is no marker
 * @param incarnation the voter's name; 0 where there is none
 * @param starts how often this name has started
 * @param terms no vote of this name has left the node, and nothing was taken, in a later term than
 *     this; {@link #UNKNOWN} in markers of versions before this and in the copy
 * @param order which order this is: 1 is the founding's, any other the number of its rebuilding
 * @param founders the nodes that are to found it, while this one has not
 * @param agreed the state at which this node founded it; empty where it did not
 */
record VoterMarker(
    String fleet,
    long incarnation,
    long starts,
    long terms,
    long order,
    List<Integer> founders,
    Bytes agreed) {
  /** Nothing says so. */
  static final long UNKNOWN = -1;

  private static final String FLEET = "fleet";
  private static final String INCARNATION = "incarnation";
  private static final String STARTS = "starts";
  private static final String TERMS = "terms";
  private static final String ORDER = "order";
  private static final String FOUNDERS = "founders";
  private static final String AGREED = "agreed";

  VoterMarker {
    founders = List.copyOf(founders);
  }

  /** Whether there is no marker. */
  boolean absent() {
    return fleet.isEmpty();
  }

  /** Whether the directory with {@code copy} in it remembers all that this marker promised. */
  boolean rememberedBy(VoterMarker copy) {
    return incarnation > 0
        && founders.isEmpty()
        && copy.incarnation == incarnation
        && copy.order == order
        && copy.starts + 1 >= starts;
  }

  VoterMarker withTerms(long newTerms) {
    return new VoterMarker(fleet, incarnation, starts, newTerms, order, founders, agreed);
  }

  /**
   * Reads {@code file}, which need not be there.
   *
   * @throws IOException if it cannot be read or is damaged
   */
  static VoterMarker read(Path file) throws IOException {
    Properties properties = new Properties();
    if (Files.isRegularFile(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        properties.load(in);
      } catch (IllegalArgumentException e) {
        throw damaged();
      }
    }
    return new VoterMarker(
        properties.getProperty(FLEET, ""),
        number(properties, INCARNATION, 0),
        number(properties, STARTS, 0),
        number(properties, TERMS, UNKNOWN),
        order(properties),
        nodes(properties.getProperty(FOUNDERS, "")),
        agreed(properties.getProperty(AGREED, "")));
  }

  private static List<Integer> nodes(String digits) throws IOException {
    if (!digits.matches("[1-7]{0,7}")) {
      throw damaged();
    }
    return digits.chars().mapToObj(digit -> digit - '0').toList();
  }

  private static Bytes agreed(String hex) throws IOException {
    if (!hex.matches("([0-9a-f]{64})?")) {
      throw damaged();
    }
    return Bytes.fromHex(hex);
  }

  private static long order(Properties properties) throws IOException {
    long order = number(properties, ORDER, 1);
    if (order < 1 || order > OrderRules.NUMBER_MAX) {
      throw damaged();
    }
    return order;
  }

  private static long number(Properties properties, String key, long without) throws IOException {
    String text = properties.getProperty(key);
    if (text == null) {
      return without;
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw damaged();
    }
    return Long.parseLong(text);
  }

  private static IOException damaged() {
    return new IOException(
        "The voter's marker is damaged: move the Raft directory and the marker aside, then start again.");
  }

  /** Puts it in the place of what {@code file} says, durably. */
  void write(Path file) throws IOException {
    Properties properties = new Properties();
    properties.setProperty(FLEET, fleet);
    properties.setProperty(INCARNATION, Long.toString(incarnation));
    properties.setProperty(STARTS, Long.toString(starts));
    if (terms != UNKNOWN) {
      properties.setProperty(TERMS, Long.toString(terms));
    }
    properties.setProperty(ORDER, Long.toString(order));
    if (!founders.isEmpty()) {
      properties.setProperty(
          FOUNDERS, founders.stream().map(String::valueOf).collect(Collectors.joining()));
    }
    if (agreed.size() > 0) {
      properties.setProperty(AGREED, agreed.hex());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    properties.store(out, null);
    AtomicFile.replace(file, out.toByteArray(), AtomicFile.Access.ANYBODY);
  }
}
