package dev.coffer.client;

/** Why an operation has no verdict yet. Nothing is lost in any of these cases. */
public enum Cause {
  /** No node could be reached. */
  UNREACHABLE("Check the network connection, then try again with the same code."),
  /** Nodes are overloaded or without a quorum. */
  BUSY("Wait a moment, then try again with the same code."),
  /** The login has expired and the app gave no newer one. */
  LOGIN_EXPIRED("Log in to the app again, then try again with the same code."),
  /** The vault does not accept the login. */
  LOGIN_INVALID(
      "Log in to the app again. If this persists, the app's login is not accepted by this vault."),
  /** The nodes do not accept the app's messages, or serve another vault. */
  REFUSED("Update the app: the vault does not accept its messages. Then try the same code again."),
  /** The nodes say that the vault has moved, and this app cannot follow by itself. */
  MOVED(
      "The vault has moved. The code is not wrong: update the app, then try the same code again."),
  /** Too few HSMs answered, or their answers do not agree. */
  TOO_FEW_HSMS("Some of the vault's machines are down or faulty. Try again later."),
  /** Other devices of this account keep changing the same record. */
  CONTENTION("Another device is using this account at the same moment. Try again."),
  /** The device's own storage failed. Nothing was sent without being remembered first. */
  MEMORY("The device could not store its state. Free some space, then try again."),
  /** The device had too little memory left to stretch the code. Says nothing about the code. */
  STRETCHING(
      "The device has too little free memory. Close other apps, then try the same code again."),
  /** The thread was interrupted. */
  INTERRUPTED("The operation was cancelled. Try again with the same code.");

  private final String next;

  Cause(String next) {
    this.next = next;
  }

  /** A sentence for the user. */
  public String whatToDoNext() {
    return next;
  }
}
