package dev.coffer.backup.restore;

import dev.coffer.backup.Problem;
import dev.coffer.backup.RestoreReport;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.ListedEntries;
import java.util.ArrayList;
import java.util.List;

/** What the snapshot says that it does not have, or not as it was. Not thread-safe. */
final class Omissions {
  private final List<Problem> omitted = new ArrayList<>();
  private final ListedEntries lists = new ListedEntries();

  void add(Entry.Remark remark) {
    if (remark.kind() == Problem.Kind.ACCESS_LIST) {
      lists.add(remark.path());
    } else if (omitted.size() < RestoreReport.OMITTED_MAX) {
      String sentence =
          remark.kind() == Problem.Kind.CHANGED_WHILE_READ || remark.kind() == Problem.Kind.GREW
              ? "changed while the backup read it, and is restored as far as it was read"
              : "was not backed up, so this snapshot does not have it";
      omitted.add(new Problem(remark.kind(), remark.path().text(), sentence));
    }
  }

  /** The first of them. */
  List<Problem> named() {
    return List.copyOf(omitted);
  }

  /** {@code notices}, and one line for all access control lists. */
  List<Problem> with(List<Problem> notices) {
    List<Problem> all = new ArrayList<>(notices);
    lists.notice().ifPresent(all::add);
    return List.copyOf(all);
  }
}
