package dev.coffer.backup.object;

/**
 * What an object is for. Part of the MAC that names it: otherwise whoever gets a file of a chosen
 * content into a backup could copy its object into the place of a snapshot.
 */
public enum ObjectKind {
  /** Pieces of files and of file lists. */
  DATA("data"),
  /** One backup of one directory. */
  SNAPSHOT("snapshot"),
  /** A list of objects that a prune is going to delete. */
  CONDEMNED("condemned"),
  /** Shows which key a repository belongs to. */
  KEY("key");

  private final String text;

  ObjectKind(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
