package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.lab.local.NodeLife;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What disks, lost files and lost machines do to one fleet, and what {@code coffer node} and {@code
 * coffer up} make of it. The tests run in order, because the fleet is dear.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("long")
@Tag("soak")
class DamagedFleetTest extends FiveNodes {
  @BeforeAll
  void useItAndStop() throws Exception {
    for (String account : List.of("alice", "bob", "carol", "dora")) {
      user(account).choose("enroll", CODE).exits(0);
      user(account).on("tablet").recover(CODE).exits(0);
    }
    fleet.stop();
  }

  @Test
  @Order(1)
  void fsckNamesWhatTheDiskHasSpoiledAndWritesNothing() throws IOException {
    CommandLineUser operator = user("operator");
    operator.run("node", "fsck", "--json").exits(0).says("{\"sound\":true,\"nodes\":[{\"node\":1");
    operator.run("node", "fsck", "--node", "6").exits(10).warns("no configuration of such a node");
    Path node = home.resolve("node-2");
    for (String name :
        List.of("store/p0.records", "store/p0.hashes", "hsm/nvram/partition-0", "tls/node.pem")) {
      Path file = node.resolve(name);
      byte[] content = Files.readAllBytes(file);
      byte[] rotten = content.clone();
      rotten[name.endsWith("records") ? 1500 : 40] ^= 1;
      if (name.startsWith("hsm")) {
        rotten[(8 << 10) + 1500] ^= 1;
      }
      Files.write(file, rotten);
      operator
          .run("node", "fsck", node.resolve("config.properties").toString())
          .exits(11)
          .says("node 2  damage");
      assertTrue(Arrays.equals(rotten, Files.readAllBytes(file)));
      Files.write(file, content);
    }
    operator.run("node", "fsck", "--node", "2").exits(0).says("node 2  sound");
  }

  @Test
  @Order(2)
  void repairsATornRaftLogUnderANewNameWhileTheOthersServe() throws Exception {
    CommandLineUser operator = user("operator");
    tearRaftLog(2);
    operator.run("node", "fsck", "--node", "2").exits(11).says("Run coffer node repair");
    operator.run("node", "repair").exits(2).warns("Only one node");
    operator.run("node", "repair", "--node", "1").exits(0).says("nothing to repair");
    operator.run("node", "repair", "--node", "2", "--yes").exits(7).warns("--keep-name");
    operator.run("node", "fsck", "--node", "2").exits(11);
    for (int index : List.of(1, 3, 4, 5)) {
      fleet.start(index, NodeLife.BRIEF);
    }
    fleet.awaitReady(4, READY);
    operator.run("node", "repair", "--node", "3", "--yes").exits(10).warns("runs");
    operator
        .run("node", "repair", "--node", "2", "--keep-name", "--yes")
        .exits(2)
        .warns("must not keep its name");
    operator.run("node", "repair", "--node", "2").exits(2).warns("--yes");
    operator.run("node", "repair", "--node", "2", "--yes").exits(0).says("moved aside");
    fleet.start(2, NodeLife.BRIEF);
    fleet.awaitReady(5, READY);
    fleet.stop();
    operator.run("node", "fsck").exits(0).says("node 2  sound");
  }

  @Test
  @Order(3)
  void cutsTornEndsOffWhereEveryNodeIsTorn() throws Exception {
    CommandLineUser operator = user("operator");
    for (int index = 1; index <= 5; index++) {
      tearRaftLog(index);
      operator
          .run("node", "repair", "--node", Integer.toString(index), "--keep-name", "--yes")
          .exits(0)
          .says("moved aside")
          .says("repaired");
    }
    operator.run("node", "fsck").exits(0).says("node 5  sound");
    fleet.start(NodeLife.BRIEF);
    fleet.awaitReady(5, READY);
    CommandLineUser.of(home, "carol")
        .on("thief")
        .recover("654330")
        .exits(3)
        .warns("Guesses left: 9.");
    user("alice").on("sofa").recover(CODE).exits(0);
  }

  @Test
  @Order(4)
  void startsWhatCanStartAndNamesTheRest() throws Exception {
    CommandLineUser operator = user("operator");
    fleet.stop();
    Path key = home.resolve("node-4/hsm/SIMULATED-sealing.key");
    Path settings = home.resolve("node-5/config.properties");
    byte[] keyWas = Files.readAllBytes(key);
    byte[] settingsWere = Files.readAllBytes(settings);
    Files.delete(key);
    Files.write(settings, new byte[0]);
    operator
        .run("up")
        .exits(13)
        .says("The fleet is up: 3 of 5 nodes")
        .warns("Node 4 does not run. The HSM in " + key.getParent())
        .warns("the sealing key is lost, and the sealed state is not: put SIMULATED-sealing.key")
        .warns("Node 5 does not run. A node's configuration is wrong");
    user("alice").on("bench").recover(CODE).exits(0);
    Files.write(settings, settingsWere);
    operator.run("up").exits(13).says("4 of 5 nodes");
    Files.write(key, keyWas);
    operator.run("up").exits(0).says("5 nodes");
    fleet.stop();
  }

  /** From the nodes if they run, or else from an HSM; never another fleet's. */
  @Test
  @Order(5)
  void aFleetsOwnDescriptionIsTakenFromTheFleet() throws Exception {
    CommandLineUser operator = user("operator");
    Path description = home.resolve("fleet.bin");
    byte[] was = Files.readAllBytes(description);
    operator.run("up").exits(0);
    Files.write(description, new byte[0]);
    operator.run("status").exits(10).warns("Run coffer up");
    operator.run("up").exits(0).warns("taken from the fleet itself");
    assertArrayEquals(was, Files.readAllBytes(description));
    fleet.stop();
    Files.write(description, new byte[0]);
    operator.run("up").exits(0).says("5 nodes").warns("taken from the fleet itself");
    assertArrayEquals(was, Files.readAllBytes(description));
    Path pin = home.resolve("fleet.properties");
    byte[] pinWas = Files.readAllBytes(pin);
    Files.write(description, new byte[0]);
    Files.delete(pin);
    operator.run("up").exits(10).warns("fleet.properties, which names the fleet, is missing");
    Files.write(pin, pinWas);
    Files.write(description, was);
    fleet.stop();
  }

  @Test
  @Order(6)
  void foundsTheOrderAnewWhereAMajorityHasLostIt() throws Exception {
    CommandLineUser operator = user("operator");
    for (int index = 1; index <= 3; index++) {
      Files.move(home.resolve("node-" + index + "/raft"), home.resolve("lost-" + index));
    }
    operator
        .run("node", "fsck")
        .exits(11)
        .says("fleet  damage  order: the Raft logs of nodes 1, 2, 3 are lost")
        .says("node 4  sound");
    operator.run("node", "repair", "--node", "1", "--yes").exits(7).warns("rebuild-order");
    operator.run("up").exits(10).warns("run coffer node rebuild-order");
    operator.run("node", "rebuild-order", "--yes").exits(10).warns("runs");
    fleet.stop();
    operator
        .run("node", "rebuild-order", "--node", "1", "--node", "2", "--node", "3", "--yes")
        .exits(2)
        .warns("and 4 have to");
    operator.run("node", "rebuild-order", "--yes").exits(0).says("node 5  founds order");
    Instant started = Instant.now();
    operator.run("up").exits(0).says("5 nodes");
    user("alice").on("sill").recover(CODE).exits(0);
    System.out.println(
        "order founded anew, five processes: "
            + Duration.between(started, Instant.now()).toMillis()
            + " ms to the first recovery");
    CommandLineUser.of(home, "carol")
        .on("thief")
        .recover("654331")
        .exits(3)
        .warns("Guesses left: 8.");
    fleet.stop();
    operator.run("node", "fsck").exits(0).says("node 1  sound");
  }

  /** What was written last and never forced came to the disk in part. */
  private void tearRaftLog(int node) throws IOException {
    Path newest;
    try (Stream<Path> files = Files.walk(home.resolve("node-" + node).resolve("raft"))) {
      newest =
          files
              .filter(file -> file.getFileName().toString().startsWith("log_inprogress_"))
              .max(Path::compareTo)
              .orElseThrow();
    }
    byte[] content = Files.readAllBytes(newest);
    int end = content.length;
    while (content[end - 1] == 0) {
      end--;
    }
    byte[] torn = Arrays.copyOf(content, Math.max(content.length, end + 300));
    // A sum may end with a zero octet or two: what follows them begins in any case behind the
    // entry.
    byte[] garbage = new byte[200];
    new SplittableRandom(node).nextBytes(garbage);
    System.arraycopy(garbage, 0, torn, end + 4, garbage.length);
    Files.write(newest, torn);
  }
}
