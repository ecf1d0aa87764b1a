package dev.coffer.backup.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.Piece;
import dev.coffer.protocol.codec.Bytes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PieceIndexTest {
  private final Random random = new Random(5);

  private Bytes hash() {
    byte[] octets = new byte[32];
    random.nextBytes(octets);
    return Bytes.wrap(octets);
  }

  private Piece piece() {
    byte[] mac = new byte[32];
    mac[0] = (byte) random.nextInt(50);
    return new Piece(
        DataName.of(Bytes.wrap(mac), random.nextInt(3)), random.nextInt(), random.nextInt());
  }

  @Test
  void isAMap() {
    PieceIndex index = new PieceIndex();
    Map<Bytes, Piece> model = new HashMap<>();
    for (int i = 0; i < 30_000; i++) {
      // A third comes again.
      Bytes hash = hash();
      if (i % 3 == 0 && !model.isEmpty()) {
        hash = model.keySet().iterator().next();
      }
      Piece piece = piece();
      index.put(hash, piece);
      model.put(hash, piece);
    }
    model.forEach((hash, piece) -> assertEquals(Optional.of(piece), index.find(hash)));
    for (int i = 0; i < 1000; i++) {
      assertEquals(Optional.empty(), index.find(hash()));
    }
  }

  /** Whoever makes files that begin alike in hash gets them told apart by the rest. */
  @Test
  void hashesThatDifferInOneOctetAreTwo() {
    PieceIndex index = new PieceIndex();
    Map<Bytes, Piece> model = new HashMap<>();
    for (int at = 0; at < 32; at++) {
      byte[] octets = new byte[32];
      octets[at] = 1;
      Piece piece = piece();
      model.put(Bytes.wrap(octets), piece);
      index.put(Bytes.wrap(octets), piece);
      assertEquals(Optional.empty(), index.find(Bytes.wrap(new byte[32])));
    }
    model.forEach((hash, piece) -> assertEquals(Optional.of(piece), index.find(hash)));
  }
}
