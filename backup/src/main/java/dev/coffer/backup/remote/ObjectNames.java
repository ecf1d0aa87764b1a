package dev.coffer.backup.remote;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import java.util.regex.Pattern;

/** Names of objects, as {@link dev.coffer.backup.ObjectStore} has them. */
public final class ObjectNames {
  /** Where stores of files keep what is not whole yet; no object is there. */
  public static final String TEMPORARY = "tmp";

  /** Folders within each other, at most; no name has as many parts. */
  public static final int PARTS_MAX = 16;

  private static final String PART = "[A-Za-z0-9][A-Za-z0-9._-]{0,254}";
  private static final Pattern NAME = Pattern.compile(PART + "(/" + PART + ")*");

  private ObjectNames() {}

  /** Whether {@code text} can be the name, or a part of the name, of an object. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** The same name; what is none is this program's own mistake. */
  public static String checked(String name) throws BackupException {
    if (!isName(name)) {
      throw new BackupException(
          Reason.STORE_FAULT, "An object name is not acceptable; report this as a defect.");
    }
    return name;
  }

  /** The same name, if a store of files can have it. */
  public static String checkedFile(String name) throws BackupException {
    return checked(name.startsWith(TEMPORARY + "/") ? "" : name);
  }

  /** One object that no Coffer wrote, which has to go before the others can be used. */
  public static BackupException fault(String name, String what) {
    return new BackupException(
        Reason.OBJECT_FAULT,
        "The object " + name + " " + what + ": move it out of the repository.");
  }

  /** A place that says more than a repository has to say. */
  public static BackupException endless(String place) {
    return new BackupException(
        Reason.STORE_FAULT,
        "The list of objects at "
            + place
            + " is larger than any of Coffer's: check the repository's address.");
  }
}
