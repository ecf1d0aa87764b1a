package dev.coffer.node.sync;

import dev.coffer.node.store.tree.PagePath;
import dev.coffer.node.store.tree.TreeSource;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.util.ArrayList;
import java.util.List;

/** What a node that synchronises asks a peer: partition ‖ kind ‖ fields. At most 9 KiB. */
sealed interface Question {
  int partition();

  /** See {@link RemoteTree#offer}. */
  record Offer(int partition, long atLeast) implements Question {}

  /** See {@link RemoteTree#at}. */
  record Pages(int partition, long k, List<PagePath> paths) implements Question {
    public Pages {
      paths = List.copyOf(paths);
    }
  }

  /** See {@link RemoteTree#at}. */
  record Records(int partition, long k, List<TreeKey> keys) implements Question {
    public Records {
      keys = List.copyOf(keys);
    }
  }

  /** See {@link RemoteTree#entryHashes}. */
  record EntryHashes(int partition, long after, int count) implements Question {}

  default Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u16(partition());
    switch (this) {
      case Offer offer -> out.u8(1).u64(offer.atLeast());
      case Pages pages -> {
        out.u8(2).u64(pages.k()).u16(pages.paths().size());
        pages.paths().forEach(path -> out.string(path.nibbles()));
      }
      case Records records -> {
        out.u8(3).u64(records.k()).u16(records.keys().size());
        records.keys().forEach(key -> out.raw(key.value()));
      }
      case EntryHashes hashes -> out.u8(4).u64(hashes.after()).u16(hashes.count());
    }
    return out.toBytes();
  }

  static Question decode(Bytes encoded) throws Rejected {
    CanonicalReader in = new CanonicalReader(encoded);
    int partition = in.number(0, Limits.PARTITIONS_MAX - 1, in.u16(), "partition");
    int kind = in.number(1, 4, in.u8(), "question");
    long number = in.u64();
    Question question;
    if (kind == 1) {
      question = new Offer(partition, number);
    } else if (kind == 2) {
      question = new Pages(partition, number, paths(in));
    } else if (kind == 3) {
      question = new Records(partition, number, keys(in));
    } else {
      int count = in.number(1, RemoteTree.HASHES_MAX, in.u16(), "entry hashes");
      question = new EntryHashes(partition, number, count);
    }
    in.end();
    return question;
  }

  private static List<PagePath> paths(CanonicalReader in) throws Rejected {
    int count = in.number(1, TreeSource.PAGES_MAX, in.u16(), "pages");
    List<PagePath> paths = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Bytes nibbles = in.string(PagePath.NIBBLES_MAX, "path");
      for (int at = 0; at < nibbles.size(); at++) {
        if (nibbles.at(at) > 15) {
          throw new Rejected(RejectionCode.OUT_OF_RANGE, "nibble");
        }
      }
      paths.add(new PagePath(nibbles));
    }
    return paths;
  }

  private static List<TreeKey> keys(CanonicalReader in) throws Rejected {
    int count = in.number(1, TreeSource.RECORDS_MAX, in.u16(), "records");
    List<TreeKey> keys = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      keys.add(new TreeKey(in.raw(Limits.DIGEST)));
    }
    return keys;
  }
}
