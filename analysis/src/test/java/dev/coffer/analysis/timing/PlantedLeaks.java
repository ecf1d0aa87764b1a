package dev.coffer.analysis.timing;

import java.util.Random;

/**
 * Code as it must not be written, each with one leak that both the trace and the clock must see.
 */
public final class PlantedLeaks implements Experiment {
  @Override
  public Runnable prepare(String work, long seed) {
    byte[] secret = new byte[32];
    new Random(seed).nextBytes(secret);
    byte[] guess = secret.clone();
    guess[(int) (seed % 32)] ^= 1;
    return switch (work) {
      case "a comparison that stops early" -> () -> earlyExit(secret, guess);
      case "a branch on a secret bit" -> () -> doubleAndAdd(secret);
      case "a table read at a secret place" -> () -> lookUp(secret);
      case "a loop as long as the secret" -> () -> bits(secret);
      default -> throw new IllegalArgumentException(work);
    };
  }

  static int earlyExit(byte[] a, byte[] b) {
    for (int i = 0; i < a.length; i++) {
      if (a[i] != b[i]) {
        return i;
      }
    }
    return -1;
  }

  static long doubleAndAdd(byte[] secret) {
    long sum = 1;
    for (byte octet : secret) {
      sum += sum;
      if ((octet & 1) == 1) {
        sum = sum * 31 + 7;
      }
    }
    return sum;
  }

  static int lookUp(byte[] secret) {
    int[] table = new int[16];
    int sum = 0;
    for (byte octet : secret) {
      sum += table[octet & 15];
    }
    return sum;
  }

  static int bits(byte[] secret) {
    int count = 0;
    for (int left = secret[0] & 0xff; left != 0; left >>>= 1) {
      count++;
    }
    return count;
  }
}
