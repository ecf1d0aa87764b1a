package dev.coffer.cli.command;

import dev.coffer.backup.BackupOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.OptionalInt;

/**
 * What Linux keeps of a file's rights beside its mode, to be counted: capabilities, and access
 * control lists as acl(5) describes them, both in extended attributes that Java does not reach. The
 * group's bits of a mode are the mask of such a list, so without it they may give the file's own
 * group more than it had. Not thread-safe.
 */
final class AccessLists implements BackupOptions.AccessLists {
  /** XATTR_SIZE_MAX of linux/limits.h. */
  private static final int VALUE_MAX = 64 << 10;

  /** linux/posix_acl_xattr.h: the version, then tag, bits and number of each entry. */
  private static final int VERSION = 2;

  private static final int ENTRY = 8;
  private static final int ALL = 7;
  private static final int OWNER_ALONE = 0700;

  private static final BackupOptions.AccessLists NONE = (path, directory) -> OptionalInt.empty();

  private final MethodHandle read;
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment access = arena.allocateFrom("system.posix_acl_access");
  private final MemorySegment inherited = arena.allocateFrom("system.posix_acl_default");
  private final MemorySegment capabilities = arena.allocateFrom("security.capability");
  private final MemorySegment value = arena.allocate(VALUE_MAX);

  @SuppressWarnings("restricted") // One function of Linux, called as getxattr(2) describes it.
  private AccessLists(Linker linker) {
    this.read =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("lgetxattr"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG));
  }

  /** Those of this system, as far as they are known. */
  static BackupOptions.AccessLists ofSystem() {
    if (System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
      try {
        return new AccessLists(Linker.nativeLinker());
      } catch (NoSuchElementException | IllegalCallerException e) {
        // Another libc, or a JVM without --enable-native-access: a backup without this is still
        // one.
        return NONE;
      }
    }
    return NONE;
  }

  @Override
  public OptionalInt modeMax(byte[] path, boolean directory) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment name = call.allocate(path.length + 1L);
      MemorySegment.copy(path, 0, name, ValueLayout.JAVA_BYTE, 0, path.length);
      long size = size(name, access);
      if (size > 0) {
        return OptionalInt.of(
            modeMax(value.asSlice(0, size).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN)));
      }
      // A list that new files get restricts nobody here, and capabilities nobody anywhere.
      return size(name, directory ? inherited : capabilities) > 0
          ? OptionalInt.of(0777)
          : OptionalInt.empty();
    }
  }

  /**
   * Who is named could be anybody: also a member of the file's group, or of no group of the list.
   * The owner's entry is what the mode says.
   */
  private static int modeMax(ByteBuffer list) {
    if (list.remaining() < Integer.BYTES || list.getInt() != VERSION) {
      return OWNER_ALONE;
    }
    int mask = ALL;
    int group = 0;
    int others = 0;
    // Below zero while nobody is named.
    int users = -1;
    int groups = -1;
    while (list.remaining() >= ENTRY) {
      short tag = list.getShort();
      int bits = list.getShort() & ALL;
      list.getInt();
      switch (tag) {
        case 0x02 -> users &= bits;
        case 0x04 -> group = bits;
        case 0x08 -> groups &= bits;
        case 0x10 -> mask = bits;
        case 0x20 -> others = bits;
        default -> {}
      }
    }
    int named = users < 0 ? ALL : users & mask;
    int grouped = groups < 0 ? ALL : groups & mask;
    return OWNER_ALONE | (group & mask & named) << 3 | others & named & grouped;
  }

  /** Octets of the attribute; negative without one. */
  private long size(MemorySegment path, MemorySegment name) {
    try {
      return (long) read.invokeExact(path, name, value, (long) VALUE_MAX);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a function of the system cannot be called", e);
    }
  }
}
