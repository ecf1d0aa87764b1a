package dev.coffer.node.store;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import java.util.Optional;

/** A certified held state as peers read it. Thread-safe by the partition's monitor. */
final class HeldView implements TreeView {
  private final Object monitor;
  private final HeldPages pages;
  private final HeldStates.Certified held;

  HeldView(Object monitor, HeldPages pages, HeldStates.Certified held) {
    this.monitor = monitor;
    this.pages = pages;
    this.held = held;
  }

  @Override
  public Certificate certificate() {
    return held.certificate();
  }

  @Override
  public OrderPosition order() {
    return held.state().state().position().order();
  }

  @Override
  public Optional<Bytes> page(PagePath path) throws TreeSourceFailure {
    synchronized (monitor) {
      refuseWhenGone();
      return pages.page(path).map(TreePage::encodeBare);
    }
  }

  @Override
  public Optional<Bytes> record(TreeKey key) throws TreeSourceFailure {
    synchronized (monitor) {
      refuseWhenGone();
      return pages.record(key);
    }
  }

  private void refuseWhenGone() throws TreeSourceFailure {
    if (held.state().gone()) {
      throw new TreeSourceFailure(TreeSourceFailure.Reason.MOVED, "the state is held no more");
    }
  }
}
