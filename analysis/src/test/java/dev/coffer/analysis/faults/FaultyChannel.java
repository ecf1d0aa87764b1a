package dev.coffer.analysis.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/** An open file of a {@link FaultyTree}, or a folder opened to be forced. */
final class FaultyChannel extends FileChannel {
  private final FaultyTree tree;
  private final String folder;
  private final FaultyTree.Content content;
  private long position;

  /** {@code content} is null for a folder. */
  FaultyChannel(FaultyTree tree, String folder, FaultyTree.Content content, boolean append) {
    this.tree = tree;
    this.folder = folder;
    this.content = content;
    this.position = append ? content.seen().length : 0;
  }

  @Override
  public int read(ByteBuffer into, long from) throws IOException {
    tree.reading();
    byte[] seen = content.seen();
    if (from >= seen.length) {
      return into.hasRemaining() ? -1 : 0;
    }
    int count = Math.min(into.remaining(), seen.length - (int) from);
    into.put(seen, (int) from, count);
    return count;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int count = read(into, position);
    position += Math.max(0, count);
    return count;
  }

  @Override
  public int write(ByteBuffer from, long at) throws IOException {
    byte[] octets = new byte[from.remaining()];
    from.duplicate().get(octets);
    tree.write(content, (int) at, octets);
    from.position(from.limit());
    return octets.length;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    int count = write(from, position);
    position += count;
    return count;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public FileChannel position(long newPosition) {
    position = newPosition;
    return this;
  }

  @Override
  public long size() {
    return content.seen().length;
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    if (size < content.seen().length) {
      tree.cut(content, (int) size);
    }
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    if (content == null) {
      tree.forceFolder(folder);
    } else {
      tree.force(content);
    }
  }

  @Override
  public FileLock tryLock(long from, long size, boolean shared) {
    return new FileLock(this, from, size, shared) {
      @Override
      public boolean isValid() {
        return isOpen();
      }

      @Override
      public void release() {}
    };
  }

  @Override
  public FileLock lock(long from, long size, boolean shared) {
    return tryLock(from, size, shared);
  }

  @Override
  public long read(ByteBuffer[] into, int offset, int length) throws IOException {
    long sum = 0;
    for (ByteBuffer each : Arrays.asList(into).subList(offset, offset + length)) {
      sum += Math.max(0, read(each));
    }
    return sum;
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) throws IOException {
    long sum = 0;
    for (ByteBuffer each : Arrays.asList(from).subList(offset, offset + length)) {
      sum += write(each);
    }
    return sum;
  }

  @Override
  public long transferTo(long from, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long at, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long from, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void implCloseChannel() {}
}
