package dev.coffer.verification.torture;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Long cables between {@link Hosts}: what a host sends arrives after that host's delay, in order,
 * and some of it gets lost. The ends are TAP devices and the switch between them is this process,
 * since many kernels lack the delays of {@code tc} (netem). A device ends with its namespace, and
 * with it the thread that reads it. Thread-safe.
 */
final class LongCables implements AutoCloseable {
  private static final Path TUN = Path.of("/dev/net/tun");
  private static final int OPEN_READ_WRITE = 2;
  private static final long TUNSETIFF = 0x400454caL;
  private static final short TAP_WITHOUT_HEAD = 0x1002;
  private static final int REQUEST = 40;
  private static final int NAME = 16;
  private static final int FRAME_MAX = 2048;
  private static final int ADDRESS_SIZE = 6;
  private static final byte[] MAKER = {0x02, (byte) 0xc0, (byte) 0xff, (byte) 0xee, 0x00};

  private final List<Integer> delaysMillis;
  private final int lostOfThousand;
  private final SplittableRandom random;
  private final Map<Integer, Integer> ends = new ConcurrentHashMap<>();
  private final ScheduledExecutorService wire =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("cables").factory());
  private final MethodHandle open = function("open", ADDRESS, JAVA_INT);
  private final MethodHandle ioctl = variadic("ioctl");
  private final MethodHandle read = transfer("read");
  private final MethodHandle write = transfer("write");
  private final MethodHandle close = function("close", JAVA_INT);

  /**
   * @param delaysMillis host h's at h: so long takes whatever it sends
   * @param lostOfThousand frames of a thousand that get lost
   */
  LongCables(List<Integer> delaysMillis, int lostOfThousand, SplittableRandom random) {
    this.delaysMillis = List.copyOf(delaysMillis);
    this.lostOfThousand = lostOfThousand;
    this.random = random;
  }

  /** Whether this kernel has the devices. */
  static boolean possible() {
    return Files.isWritable(TUN);
  }

  /** From one host to the other and back, without what processes take. */
  int roundTripMillis(int one, int other) {
    return delaysMillis.get(one) + delaysMillis.get(other);
  }

  /** The hardware address that the device of {@code host} has to get: the switch knows no other. */
  static String hardware(int host) {
    return HexFormat.ofDelimiter(":").formatHex(MAKER) + ":0" + host;
  }

  private static MethodHandle function(String name, MemoryLayout... arguments) {
    return link(name, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private static MethodHandle transfer(String name) {
    return link(name, FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  }

  private static MethodHandle variadic(String name) {
    FunctionDescriptor three = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
    return link(name, three, Linker.Option.firstVariadicArg(2));
  }

  private static MethodHandle link(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }

  private static long call(MethodHandle function, Object... arguments) {
    try {
      return ((Number) function.invokeWithArguments(arguments)).longValue();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a function of the C library throws", e);
    }
  }

  /** Makes the device of a host in this process's namespace; it may be moved from there. */
  void plug(int host, String device) throws IOException {
    int end;
    try (Arena arena = Arena.ofConfined()) {
      end = (int) call(open, arena.allocateFrom(TUN.toString()), OPEN_READ_WRITE);
      MemorySegment request = arena.allocate(REQUEST, 8);
      request.setString(0, device);
      request.set(JAVA_SHORT, NAME, TAP_WITHOUT_HEAD);
      if (end < 0 || call(ioctl, end, TUNSETIFF, request) < 0) {
        throw new IOException("there can be no device " + device + " on " + TUN + ": be root");
      }
    }
    ends.put(host, end);
    Thread unused =
        Thread.ofPlatform().daemon().name("cable of host " + host).start(() -> listen(host, end));
  }

  private void listen(int host, int end) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(FRAME_MAX);
      long size = call(read, end, buffer, (long) FRAME_MAX);
      while (size > 0) {
        if (!lost()) {
          byte[] frame = buffer.asSlice(0, size).toArray(JAVA_BYTE);
          Future<?> unused =
              wire.schedule(
                  () -> deliver(host, frame), delaysMillis.get(host), TimeUnit.MILLISECONDS);
        }
        size = call(read, end, buffer, (long) FRAME_MAX);
      }
    } catch (RejectedExecutionException e) {
      // The cables are pulled out.
      return;
    } finally {
      ends.remove(host, end);
      long ignored = call(close, end);
    }
  }

  private synchronized boolean lost() {
    return random.nextInt(1000) < lostOfThousand;
  }

  /** To whom it is addressed; a frame to several goes to all others. */
  private void deliver(int from, byte[] frame) {
    if (frame.length < ADDRESS_SIZE) {
      return;
    }
    boolean several = (frame[0] & 1) == 1;
    for (Map.Entry<Integer, Integer> end : ends.entrySet()) {
      int host = end.getKey();
      if (host != from && (several || isFor(frame, host))) {
        send(end.getValue(), frame);
      }
    }
  }

  private static boolean isFor(byte[] frame, int host) {
    int last = ADDRESS_SIZE - 1;
    return Arrays.equals(frame, 0, last, MAKER, 0, last) && frame[last] == host;
  }

  /** What cannot be written is lost, as on any cable. */
  private void send(int end, byte[] frame) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocateFrom(JAVA_BYTE, frame);
      long ignored = call(write, end, out, (long) frame.length);
    }
  }

  @Override
  public void close() {
    List<Runnable> ignored = wire.shutdownNow();
  }
}
