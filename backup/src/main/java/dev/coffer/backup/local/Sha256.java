package dev.coffer.backup.local;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash of whole files. */
public final class Sha256 {
  private Sha256() {}

  /** A digest that has seen nothing yet. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this runtime lacks SHA-256", e);
    }
  }
}
