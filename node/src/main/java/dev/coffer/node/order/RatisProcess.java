package dev.coffer.node.order;

import java.io.IOException;
import java.io.ObjectInputFilter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Ratis and the netty in it need of their process; set before their classes load. */
public final class RatisProcess {
  /**
   * What another node may send as an object: Ratis reads the exception in a gRPC trailer with the
   * JDK's serialization (JEP 290). Exceptions, their stacks and what Ratis puts into its own;
   * everything else could run code while it is being read.
   */
  static final String OBJECTS =
      "maxdepth=16;maxrefs=4096;maxarray=8192;maxbytes=262144;"
          + "java.lang.*;java.io.*;java.util.ArrayList;java.util.Collections$*;"
          + "java.util.concurrent.CompletionException;java.util.concurrent.ExecutionException;"
          + "java.util.concurrent.TimeoutException;org.apache.ratis.protocol.**;"
          + "org.apache.ratis.util.**;org.apache.ratis.thirdparty.com.google.protobuf.**;!*";

  private static final String NATIVE_FOLDER = "org.apache.ratis.thirdparty.io.netty.native.workdir";

  private RatisProcess() {}

  /**
   * Bounds what is deserialised in this process, unless an operator did ({@code jdk.serialFilter}),
   * and has native libraries unpacked into {@code folder}, which is emptied: a node that was killed
   * leaves its own there, and never in the machine's temporary folder.
   */
  public static void prepare(Path folder) throws IOException {
    if (ObjectInputFilter.Config.getSerialFilter() == null) {
      ObjectInputFilter.Config.setSerialFilter(ObjectInputFilter.Config.createFilter(OBJECTS));
    }
    Files.createDirectories(folder);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
    System.setProperty(NATIVE_FOLDER, folder.toAbsolutePath().toString());
  }
}
