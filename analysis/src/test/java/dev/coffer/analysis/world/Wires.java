package dev.coffer.analysis.world;

/** The network: delays, loses, repeats, reorders, and cuts each direction by itself. */
final class Wires {
  private static final int NODES = 8;

  private final Loop loop;
  private final Chance chance;
  private final Diary diary;
  private final boolean[][] cut = new boolean[NODES][NODES];
  private int lossPermille;
  private int slowness = 1;

  Wires(Loop loop, Chance chance, Diary diary, int lossPermille) {
    this.loop = loop;
    this.chance = chance;
    this.diary = diary;
    this.lossPermille = lossPermille;
  }

  /** Sends from one node to another; 0 is everybody who is no node. */
  void send(int from, int to, Runnable arrival) {
    diary.done("messages");
    if (cut[from][to] || chance.below(1000) < lossPermille) {
      diary.fault("message lost");
      return;
    }
    loop.after(delay(), arrival);
    if (lossPermille > 0 && chance.oneIn(40)) {
      diary.fault("message repeated");
      loop.after(delay() * 3L, arrival);
    }
  }

  private long delay() {
    long usual = 200L + chance.below(3_000);
    return lossPermille > 0 && chance.oneIn(50) ? usual * 100 : usual * (long) slowness;
  }

  /** Whether nothing gets through between two nodes, either way. */
  boolean apart(int one, int other) {
    return cut[one][other] && cut[other][one];
  }

  /** Cuts one direction, or heals it. */
  void toggle(int from, int to) {
    cut[from][to] = !cut[from][to];
    String wire = from + ">" + to;
    if (cut[from][to]) {
      diary.fault("wire cut one way", wire);
    } else {
      diary.note("joined " + wire);
    }
  }

  /** Cuts a node off, both ways. */
  void isolate(int node, boolean off) {
    for (int other = 0; other < NODES; other++) {
      cut[node][other] = off;
      cut[other][node] = off;
    }
    if (off) {
      diary.fault("node isolated", String.valueOf(node));
    } else {
      diary.note("rejoined " + node);
    }
  }

  void slow(int times) {
    slowness = times;
    if (times > 1) {
      diary.fault("network slower", "by " + times);
    }
  }

  /** Nothing goes wrong any more. */
  void heal() {
    for (int node = 0; node < NODES; node++) {
      isolate(node, false);
    }
    lossPermille = 0;
    slowness = 1;
  }
}
