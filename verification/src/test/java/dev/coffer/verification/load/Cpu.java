package dev.coffer.verification.load;

import java.lang.management.ManagementFactory;

/** CPU time, which other programs on the machine disturb less than the clock. */
final class Cpu {
  private Cpu() {}

  /** Nanoseconds this thread has used. */
  static long thread() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
