package dev.coffer.hsm.process;

import dev.coffer.protocol.port.HsmMethod;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Who works on which call. Capturing has threads of its own: the scalar multiplications of releases
 * and admissions may queue, but never in front of a capture, since the whole fleet waits for those.
 */
final class Lanes {
  private final ExecutorService order;
  private final ExecutorService release;
  private final ExecutorService admit;

  Lanes(int processors) {
    this.order = pool("order", Math.max(2, processors), Thread.MAX_PRIORITY);
    this.release = pool("release", Math.max(1, processors), Thread.NORM_PRIORITY);
    this.admit = pool("admit", Math.max(1, processors), Thread.NORM_PRIORITY);
  }

  private static ExecutorService pool(String name, int threads, int priority) {
    return Executors.newFixedThreadPool(
        threads,
        Thread.ofPlatform().daemon().name("hsm-" + name + "-", 1).priority(priority).factory());
  }

  ExecutorService of(HsmMethod method) {
    return switch (method) {
      case ADMIT, ATTEST -> admit;
      case RELEASE -> release;
      case CAPTURE,
          RESTATE,
          ADOPT,
          CHALLENGE,
          STATUS,
          HEAR,
          POSITION,
          IDENTIFY,
          PROPOSE,
          REVEAL,
          COMPLETE,
          FLEET,
          INDEX ->
          order;
    };
  }
}
