package dev.coffer.node.store.tree;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.tree.PartialTree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fills a tree from its root down. A page is written as soon as it hashes to what stands above it,
 * with an open reference to everything that is not below it yet; a reference is closed once all
 * below it is there. So a crash loses at most what was on its way, and whoever begins again
 * descends only where references are open. Not thread-safe.
 */
public final class TreeFilling {
  /** Where the tree is to stand. */
  public interface Target extends TreeSlots {
    /** The slot of the root's page, 0 while there is none. */
    int rootSlot();

    /** Goes on from the slots given out so far. */
    Allocator allocator();

    /**
     * Writes pages and ciphertexts, by slot, in one transaction that follows those before it.
     *
     * @param allocator has given out what it writes
     */
    void write(
        int rootSlot,
        Allocator allocator,
        Map<Integer, TreePage> pages,
        Map<Integer, Bytes> records);

    /** Returns when all that was written is durable. */
    void sync();
  }

  private final Target target;

  /** Of the tree that is to stand in {@code target}. */
  public TreeFilling(Target target) {
    this.target = target;
  }

  /** A page that must come to stand in {@code slot}. */
  private record Wanted(PagePath path, int slot, Bytes hash) {}

  /** A wanted page, right in itself, with open references below. */
  private static final class Work {
    private final Wanted wanted;
    private TreePage page;

    Work(Wanted wanted, TreePage page) {
      this.wanted = wanted;
      this.page = page;
    }
  }

  /** Returns when all of the tree with this root is there, durably. */
  public void fill(Bytes root, TreeSource source) throws TreeSourceFailure {
    if (root.equals(Bytes.zeros(Limits.DIGEST))) {
      target.write(0, target.allocator(), Map.of(), Map.of());
      return;
    }
    int slot = target.rootSlot();
    if (slot == 0) {
      Allocator allocator = target.allocator();
      slot = allocator.newPage();
      target.write(slot, allocator, Map.of(), Map.of());
    }
    complete(List.of(new Wanted(PagePath.ROOT, slot, root)), source);
    target.sync();
  }

  private void complete(List<Wanted> batch, TreeSource source) throws TreeSourceFailure {
    List<Work> works = pages(batch, source);
    works.removeIf(work -> !work.page.hasOpen());
    Allocator allocator = target.allocator();
    Map<Integer, Bytes> records = records(works, allocator, source);
    List<Wanted> below = new ArrayList<>();
    works.forEach(work -> below.addAll(children(work, allocator)));
    write(works, allocator, records);
    for (int from = 0; from < below.size(); from += TreeSource.PAGES_MAX) {
      complete(below.subList(from, Math.min(below.size(), from + TreeSource.PAGES_MAX)), source);
    }
    if (!below.isEmpty()) {
      close(works);
    }
  }

  private void write(List<Work> works, Allocator allocator, Map<Integer, Bytes> records) {
    Map<Integer, TreePage> pages = new LinkedHashMap<>();
    works.forEach(work -> pages.put(work.wanted.slot(), work.page));
    target.write(target.rootSlot(), allocator, pages, records);
  }

  /** What is in the slots already, or else what the source sends, with what can be kept. */
  private List<Work> pages(List<Wanted> batch, TreeSource source) throws TreeSourceFailure {
    List<Work> works = new ArrayList<>();
    List<Wanted> missing = new ArrayList<>();
    for (Wanted wanted : batch) {
      Optional<TreePage> here =
          target
              .pageAsItIs(wanted.slot(), wanted.path())
              .filter(page -> page.hasRootHash(wanted.hash()));
      if (here.isPresent()) {
        works.add(new Work(wanted, here.get()));
      } else {
        missing.add(wanted);
      }
    }
    if (missing.isEmpty()) {
      return works;
    }
    List<Optional<Bytes>> fetched = source.pages(missing.stream().map(Wanted::path).toList());
    check(fetched.size() == missing.size(), "pages");
    for (int i = 0; i < missing.size(); i++) {
      Wanted wanted = missing.get(i);
      TreePage page = verified(wanted, fetched.get(i));
      Optional<TreePage> old = target.pageAsItIs(wanted.slot(), wanted.path());
      works.add(new Work(wanted, old.map(o -> keeping(wanted.path(), page, o)).orElse(page)));
    }
    return works;
  }

  private static TreePage verified(Wanted wanted, Optional<Bytes> encoded)
      throws TreeSourceFailure {
    check(encoded.isPresent(), "a page that must be there");
    try {
      TreePage page = TreePage.decodeBare(wanted.path(), encoded.get());
      check(page.hasRootHash(wanted.hash()), "a page");
      return page;
    } catch (Rejected e) {
      throw new TreeSourceFailure(TreeSourceFailure.Reason.LIED, "a page", e);
    }
  }

  private static void check(boolean honest, String what) throws TreeSourceFailure {
    if (!honest) {
      throw new TreeSourceFailure(TreeSourceFailure.Reason.LIED, what);
    }
  }

  /**
   * {@code page} with the references that {@code old}, which it replaces, has to the same things.
   * Where the hash differs the slot is used again, and stays open.
   */
  private static TreePage keeping(PagePath path, TreePage page, TreePage old) {
    Map<TreeKey, Integer> oldLeaves = new HashMap<>();
    for (int node = TreePage.TOP; node < TreePage.NODES; node++) {
      if (old.kind(node) == TreePage.LEAF) {
        oldLeaves.put(old.leafKey(node), node);
      }
    }
    TreePage.Draft draft = page.edit(path.depth());
    for (int node = TreePage.TOP; node < TreePage.NODES; node++) {
      if (page.kind(node) == TreePage.CHILD && old.kind(node) == TreePage.CHILD) {
        boolean same = page.hash(node).equals(old.hash(node));
        draft.refer(node, old.reference(node), !same || old.isOpen(node));
      } else if (page.kind(node) == TreePage.LEAF) {
        Integer there = oldLeaves.get(page.leafKey(node));
        if (there != null) {
          boolean same = page.leafCiphertextHash(node).equals(old.leafCiphertextHash(there));
          draft.refer(node, old.reference(there), !same || old.isOpen(there));
        }
      }
    }
    return draft.seal();
  }

  /** A record that must come to stand below {@code work}. */
  private record Missing(Work work, int node) {
    TreeKey key() {
      return work.page.leafKey(node);
    }
  }

  /** Fetches the open leaves of {@code works} and closes them. */
  private static Map<Integer, Bytes> records(
      List<Work> works, Allocator allocator, TreeSource source) throws TreeSourceFailure {
    List<Missing> missing = new ArrayList<>();
    for (Work work : works) {
      for (int node = TreePage.TOP; node < TreePage.NODES; node++) {
        if (work.page.kind(node) == TreePage.LEAF && work.page.isOpen(node)) {
          missing.add(new Missing(work, node));
        }
      }
    }
    Map<Integer, Bytes> records = new LinkedHashMap<>();
    for (int from = 0; from < missing.size(); from += TreeSource.RECORDS_MAX) {
      List<Missing> some =
          missing.subList(from, Math.min(missing.size(), from + TreeSource.RECORDS_MAX));
      List<Optional<Bytes>> fetched = source.records(some.stream().map(Missing::key).toList());
      check(fetched.size() == some.size(), "records");
      for (int i = 0; i < some.size(); i++) {
        records.put(closed(some.get(i), fetched.get(i), allocator), fetched.get(i).orElseThrow());
      }
    }
    return records;
  }

  /** Returns the slot that a ciphertext, which is the right one, goes to. */
  private static int closed(Missing missing, Optional<Bytes> fetched, Allocator allocator)
      throws TreeSourceFailure {
    Work work = missing.work();
    int node = missing.node();
    check(
        fetched.isPresent()
            && fetched.get().size() == Limits.RECORD
            && PartialTree.ciphertextHash(fetched.get()).equals(work.page.leafCiphertextHash(node)),
        "a record");
    int reference = work.page.reference(node);
    int slot = reference == 0 ? allocator.newRecord() : reference;
    TreePage.Draft draft = work.page.edit(work.wanted.path().depth());
    draft.refer(node, slot, false);
    work.page = draft.seal();
    return slot;
  }

  /** The open children of {@code work}, each with a slot to stand in. */
  private static List<Wanted> children(Work work, Allocator allocator) {
    List<Wanted> below = new ArrayList<>();
    TreePage.Draft draft = work.page.edit(work.wanted.path().depth());
    for (int node = TreePage.BOUNDARY; node < TreePage.NODES; node++) {
      if (work.page.kind(node) == TreePage.CHILD && work.page.isOpen(node)) {
        int reference = work.page.reference(node);
        int slot = reference == 0 ? allocator.newPage() : reference;
        draft.refer(node, slot, true);
        PagePath path = work.wanted.path().child(node - TreePage.BOUNDARY);
        below.add(new Wanted(path, slot, work.page.hash(node)));
      }
    }
    work.page = draft.seal();
    return below;
  }

  /** Everything below these pages is there. */
  private void close(List<Work> works) {
    for (Work work : works) {
      TreePage.Draft draft = work.page.edit(work.wanted.path().depth());
      for (int node = TreePage.BOUNDARY; node < TreePage.NODES; node++) {
        if (work.page.isOpen(node)) {
          draft.refer(node, work.page.reference(node), false);
        }
      }
      work.page = draft.seal();
    }
    write(works, target.allocator(), Map.of());
  }
}
