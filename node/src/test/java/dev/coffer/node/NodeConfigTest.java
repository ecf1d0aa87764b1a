package dev.coffer.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.files.SettingMistake;
import dev.coffer.node.door.Rate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read, and every mistake names its line and the next step. */
final class NodeConfigTest {
  @TempDir Path home;

  private final List<NodeConfig.Member> members =
      List.of(
          new NodeConfig.Member(1, "127.0.0.1", 7001, 7002),
          new NodeConfig.Member(2, "127.0.0.1", 7003, 7004),
          new NodeConfig.Member(3, "node-3.example", 7005, 7006));

  private NodeConfig config() {
    return NodeConfig.local(home, 2, members, 8443, home.resolve("bin/coffer-hsm"));
  }

  private Path written() throws Exception {
    Path file = home.resolve("config.properties");
    config().write(file);
    return file;
  }

  private String mistake(Path file) {
    return String.valueOf(
        assertThrows(SettingMistake.class, () -> NodeConfig.read(file)).getMessage());
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    assertEquals(config(), NodeConfig.read(written()));
  }

  @Test
  void everyKeyIsInTheWrittenFile() throws Exception {
    String text = Files.readString(written());
    for (ConfigKey key : ConfigKey.values()) {
      assertTrue(text.contains("\n" + key.text(1) + " ="), key.text());
    }
  }

  @Test
  void relativePathsStartAtTheFile() throws Exception {
    Path file = written();
    Files.writeString(
        file,
        Files.readString(file)
            .replaceFirst("store.directory = .*", "store.directory = ../elsewhere"));
    assertEquals(home.resolveSibling("elsewhere"), NodeConfig.read(file).storeDirectory());
  }

  @Test
  void anUnknownNameProposesTheNearest() throws Exception {
    Path file = written();
    Files.writeString(file, Files.readString(file) + "\nhttp.prot = 1\n");
    String said = mistake(file);
    assertTrue(said.contains("'http.prot'") && said.contains("'http.port'"), said);
  }

  @Test
  void missingAndImpossibleLinesAreNamed() throws Exception {
    Path file = written();
    String good = Files.readString(file);
    for (String key :
        List.of("node", "http.port", "tls.key", "store.directory", "member.1.raft-port")) {
      String without =
          good.lines()
              .filter(line -> !line.startsWith(key + " ="))
              .collect(Collectors.joining("\n"));
      Files.writeString(file, without);
      assertTrue(mistake(file).contains("'" + key + "'"), key);
    }
    for (String wrong : List.of("70000", "-1", "x", "")) {
      Files.writeString(file, good.replaceFirst("http.port = .*", "http.port = " + wrong));
      assertTrue(mistake(file).contains("'http.port'"));
    }
    Files.writeString(file, good.replaceFirst("\nnode = 2", "\nnode = 7"));
    assertTrue(mistake(file).contains("not among the members"));
  }

  @Test
  void theEnvironmentStandsAboveTheFile() throws Exception {
    Map<String, String> environment =
        Map.of("COFFER_NODE_LIMIT_ACCOUNT_RATE", "7", "COFFER_NODE_MEMBER_1_PEER_PORT", "7999");
    NodeConfig read = NodeConfig.read(written(), environment);
    assertEquals(new Rate(7, 20), read.access().rates().account());
    assertEquals(7999, read.members().getFirst().peerPort());
    assertEquals(config().access().rates().address(), read.access().rates().address());
    Path file = written();
    SettingMistake wrong =
        assertThrows(
            SettingMistake.class,
            () -> NodeConfig.read(file, Map.of("COFFER_NODE_HTTP_PORT", "70000")));
    assertTrue(String.valueOf(wrong.getMessage()).contains("COFFER_NODE_HTTP_PORT"));
  }

  @Test
  void aMissingFileIsSaidSo() {
    assertTrue(mistake(home.resolve("nothing")).contains("There is no settings file"));
  }
}
