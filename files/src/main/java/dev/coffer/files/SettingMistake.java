package dev.coffer.files;

/** A setting is wrong; the message is for people: where it stands, what is wrong, what to do. */
public final class SettingMistake extends Exception {
  private static final long serialVersionUID = 1L;

  /** A mistake with its message, which holds no value of a setting. */
  public SettingMistake(String message) {
    super(message);
  }
}
