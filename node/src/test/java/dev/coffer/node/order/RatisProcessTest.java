package dev.coffer.node.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.protocol.exceptions.AlreadyClosedException;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Ratis's own reader makes of a trailer that another node sends. */
final class RatisProcessTest {
  private static boolean ran;

  @TempDir Path folder;

  @BeforeEach
  void prepare() throws IOException {
    Files.writeString(folder.resolve("left-by-a-kill.so"), "x");
    RatisProcess.prepare(folder);
    ran = false;
  }

  /** Runs code while it is read, as any foreign class may. */
  private static final class Foreign extends Exception {
    private static final long serialVersionUID = 1L;

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      ran = true;
    }
  }

  /** An exception of the JDK that carries what it should not. */
  private static Throwable carrying(Object cargo) {
    Exception carrier = new Exception("carrier");
    carrier.addSuppressed(new Carrier(cargo));
    return carrier;
  }

  private static final class Carrier extends Exception {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // what is written is the point of the test
    private final Object cargo;

    Carrier(Object cargo) {
      this.cargo = cargo;
    }

    @Override
    public String toString() {
      return "carrier of " + cargo;
    }
  }

  private static Throwable received(Throwable sent) throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(octets)) {
      out.writeObject(sent);
    }
    Metadata trailers = new Metadata();
    trailers.put(GrpcUtil.EXCEPTION_TYPE_KEY, sent.getClass().getName());
    trailers.put(GrpcUtil.EXCEPTION_OBJECT_KEY, octets.toByteArray());
    return GrpcUtil.unwrapThrowable(new StatusRuntimeException(Status.INTERNAL, trailers));
  }

  @Test
  void aForeignObjectDoesNotRun() throws IOException {
    assertNotNull(ObjectInputFilter.Config.getSerialFilter());
    assertFalse(received(new Foreign()) instanceof Foreign);
    assertFalse(received(carrying(new Foreign())).toString().contains("carrier"));
    assertFalse(ran);
  }

  @Test
  void noCollectionIsBuiltThatCostsWithoutEnd() throws IOException {
    Set<Object> root = new HashSet<>();
    Set<Object> inner = root;
    for (int i = 0; i < 30; i++) {
      Set<Object> next = new HashSet<>(Set.of("x" + i));
      inner.add(next);
      inner = next;
    }
    assertFalse(received(carrying(root)).toString().contains("carrier"));
  }

  @Test
  void whatRatisSendsItselfArrives() throws IOException {
    GroupMismatchException mismatch = new GroupMismatchException("n1 is not in that group");
    Throwable received = received(mismatch);
    assertInstanceOf(GroupMismatchException.class, received);
    assertEquals(mismatch.getMessage(), received.getMessage());
    Exception disk = new IOException("disk", new IllegalStateException("full"));
    disk.addSuppressed(new TimeoutException("late"));
    Throwable nested =
        received(new CompletionException(new AlreadyClosedException("closed", disk)));
    Throwable closed = assertInstanceOf(AlreadyClosedException.class, nested.getCause());
    assertEquals("late", closed.getCause().getSuppressed()[0].getMessage());
  }

  @Test
  void nativeLibrariesGoToTheNodesOwnFolderWhichIsEmptiedFirst() throws IOException {
    assertEquals(
        folder.toAbsolutePath().toString(),
        System.getProperty("org.apache.ratis.thirdparty.io.netty.native.workdir"));
    try (var left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }
}
