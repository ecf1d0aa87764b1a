package dev.coffer.transparency.tlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.transparency.text.Refused;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TilePathTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tile/0/000",
        "tile/0/x001/x234/067",
        "tile/63/999.p/255",
        "tile/entries/x001/000.p/1",
        "tile/entries/000"
      })
  void pathsRoundTrip(String path) throws Refused {
    assertEquals(path, TilePath.parse(path).path());
  }

  @Test
  void examplesOfTheSpecification() throws Refused {
    assertEquals(new TilePath(0, 1234067, 256), TilePath.parse("tile/0/x001/x234/067"));
    // A tree of 70,000: 273 full tiles and one of width 112; one full and one of 17; one of 1.
    List<TilePath> tiles = TilePath.grown(0, 70_000);
    assertEquals(274 + 2 + 1, tiles.size());
    assertEquals(new TilePath(0, 273, 112), tiles.get(273));
    assertEquals(new TilePath(1, 1, 17), tiles.get(275));
    assertEquals(new TilePath(2, 0, 1), tiles.get(276));
    assertEquals(List.of(new TilePath(0, 0, 256), new TilePath(1, 0, 1)), TilePath.grown(255, 256));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tile/0",
        "tile/64/000",
        "tile/00/000",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/../000",
        "tile/entries/-01",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/data/000"
      })
  void anythingElseIsRefused(String path) {
    assertThrows(Refused.class, () -> TilePath.parse(path));
  }
}
