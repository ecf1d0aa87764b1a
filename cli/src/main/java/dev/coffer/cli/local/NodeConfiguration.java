package dev.coffer.cli.local;

import java.io.IOException;
import java.nio.file.Path;

/** Node configuration. */
final class NodeConfiguration {
  private NodeConfiguration() {}

  static NodePorts ports(Path file) throws IOException {
    throw new IOException("not yet");
  }
}
