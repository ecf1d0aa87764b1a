package dev.coffer.verification.torture;

import java.util.Locale;

/** Every kind of fault that is drawn. */
enum FaultKind {
  KILL_NODE,
  KILL_LEADER,
  KILL_TWO,
  KILL_JVM,
  KILL_HSM,
  PAUSE_NODE,
  PAUSE_LEADER,
  PAUSE_HSM,
  CUT_ONE_WAY,
  CUT_OUTGOING,
  CUT_INCOMING,
  CUT_ANSWERS,
  ISOLATE_LEADER,
  SPLIT_TWO_THREE,
  SPLIT_NO_MAJORITY,
  SLOW_LINK,
  SLOW_LINKS,
  DISK_LOW,
  DISK_FULL,
  CLOCK_AHEAD,
  CLOCK_BEHIND,
  ROLLING_RESTART,
  LOSE_STORE,
  LOSE_RAFT,
  LOSE_ALL_BUT_HSM,
  LOSE_ORDER,
  TORN_RAFT_TAIL,
  TORN_STORE_TAIL,
  LONG_ABSENCE,
  POWER_CUT,
  POWER_CUT_BEFORE_COMMIT,
  POWER_CUT_BEFORE_CERTIFICATE,
  POWER_CUT_HSMS_FIRST,
  POWER_CUT_NODES_FIRST,
  POWER_CUT_BEFORE_ANSWER;

  /** As it is printed. */
  String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
