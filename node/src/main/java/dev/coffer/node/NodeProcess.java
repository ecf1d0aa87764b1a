package dev.coffer.node;

import dev.coffer.files.SettingMistake;
import dev.coffer.node.hsm.HsmCommand;
import dev.coffer.node.hsm.HsmSupervisor;
import dev.coffer.node.hsm.RemoteHsm;
import dev.coffer.node.order.RatisProcess;
import dev.coffer.node.store.StoreFault;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code --config FILE}: one node and, as its child, one HSM. Prints the line {@code ready} on
 * standard output when it serves (whether a quorum is there yet says {@code /readyz}); everything
 * else goes to the log file, except the one sentence on standard error with which it gives up. Ends
 * with status 0 on SIGTERM.
 *
 * <p>Start it with {@link #jvmFlags}.
 */
public final class NodeProcess {
  /** The command line or the configuration is wrong. */
  public static final int MISCONFIGURED = 78;

  /** A port is taken, a file is missing, the HSM does not start. */
  public static final int UNAVAILABLE = 69;

  /**
   * The process could not go on: see the log. Start it again; if that repeats, look at the disk.
   */
  public static final int BROKEN = 70;

  private static final Logger LOG = LoggerFactory.getLogger(NodeProcess.class);

  /** Crash-only: whatever is not closed by then is as after a kill. */
  private static final long GRACE_MILLIS = 2_000;

  private final NodeConfig config;
  private @Nullable HsmSupervisor supervisor;
  private @Nullable Node node;

  private NodeProcess(NodeConfig config) {
    this.config = config;
  }

  /**
   * The flags a node's JVM needs or does well with. A class archive or AOT cache made from the same
   * jars comes on top: it halves the start.
   *
   * @param heapMib 96 suffices for a local fleet; production nodes get 256 and more
   */
  public static List<String> jvmFlags(int heapMib) {
    return List.of(
        "-XX:+UseSerialGC",
        "-Xmx" + heapMib + "m",
        "-Xss512k",
        "-XX:MaxDirectMemorySize=96m",
        "-XX:+ExitOnOutOfMemoryError",
        // gRPC's Netty asks for both.
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow");
  }

  /** Runs until SIGTERM. */
  public static void main(String[] arguments) {
    if (arguments.length != 2 || !arguments[0].equals("--config")) {
      give("usage: coffer-node --config FILE", MISCONFIGURED);
      return;
    }
    try {
      NodeConfig config = NodeConfig.read(Path.of(arguments[1]), System.getenv());
      NodeLog.open(config.logFile(), config.logLevel());
      RatisProcess.prepare(config.nativeDirectory());
      new NodeProcess(config).run();
    } catch (SettingMistake e) {
      give(e.getMessage(), MISCONFIGURED);
    } catch (FileSystemException e) {
      LOG.error("Giving up", e);
      give(
          e.getFile()
              + " cannot be used ("
              + e.getClass().getSimpleName()
              + "): see to its folder, its rights and the disk, then start the node again.",
          UNAVAILABLE);
    } catch (IOException e) {
      LOG.error("Giving up", e);
      give(e.getMessage(), UNAVAILABLE);
    } catch (InterruptedException | RuntimeException e) {
      LOG.error("Giving up", e);
      give(
          "The node failed in an unexpected way ("
              + e.getClass().getSimpleName()
              + "): see its log.",
          BROKEN);
    }
  }

  private void run() throws IOException, InterruptedException {
    Thread hook = new Thread(this::stop, "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    NodeConfig.Hsm place = config.hsm();
    HsmSupervisor keeping =
        HsmSupervisor.start(
            HsmCommand.of(place.command(), place.home(), place.socket()),
            hsm -> LOG.info("The HSM runs"));
    supervisor = keeping;
    Fleet fleet = FleetFile.readOrRestore(config.fleet(), keeping.hsm(), config.raftMarker());
    checkMembership(fleet, keeping.hsm());
    try {
      node = Node.start(config, fleet, keeping.hsm(), NodeProcess::broken);
    } catch (StoreFault e) {
      throw new IOException(
          "The store in "
              + config.storeDirectory()
              + " cannot be used: "
              + e.getMessage()
              + ". coffer node fsck says more.",
          e);
    }
    System.out.println("ready");
    System.out.flush();
    new CountDownLatch(1).await();
  }

  /** A swapped directory is found here, not as a puzzling refusal later. */
  private void checkMembership(Fleet fleet, RemoteHsm hsm) throws IOException {
    String subject = "The HSM in " + config.hsm().home();
    try {
      Fleet kept = hsm.fleet();
      if (!kept.id().equals(fleet.id())) {
        throw new IOException(
            subject
                + " is of fleet "
                + kept.id().value().hex()
                + ", and "
                + config.fleet()
                + " describes "
                + fleet.id().value().hex()
                + ": one of the two is another fleet's; check hsm.home and fleet.");
      }
      if (hsm.index() != config.node()) {
        throw new IOException(
            subject
                + " is number "
                + hsm.index()
                + ", and this is node "
                + config.node()
                + ": the homes of two HSMs may have been exchanged; check hsm.home and node.");
      }
    } catch (Rejected e) {
      throw new IOException(
          subject
              + " is of no fleet: its home is empty, because it was lost, or its disk is not there."
              + " Put the home back; if it is lost, its share is, and the others run on without.",
          e);
    }
  }

  private static void broken(String what, Throwable cause) {
    give(
        "The node halts, because it cannot go on with "
            + what
            + " ("
            + cause.getClass().getSimpleName()
            + "): see its log.",
        BROKEN);
  }

  /** On SIGTERM: two seconds to end in order, then the end. */
  private void stop() {
    Thread ending = Thread.ofPlatform().daemon().name("ending").start(this::close);
    try {
      ending.join(GRACE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(0);
  }

  private void close() {
    Node running = node;
    if (running != null) {
      running.close();
    }
    HsmSupervisor keeping = supervisor;
    if (keeping != null) {
      keeping.close();
    }
  }

  private static void give(@Nullable String sentence, int status) {
    System.err.println("coffer-node: " + sentence);
    System.err.flush();
    Runtime.getRuntime().halt(status);
  }
}
