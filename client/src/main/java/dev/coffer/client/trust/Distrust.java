package dev.coffer.client.trust;

/** Why a client turned away. Every one is a lie, a fault, or this app's own policy. */
public enum Distrust {
  /** The bundle cannot be read. */
  BAD_DELIVERY("The vault's description of itself cannot be read."),
  /** Another fleet than the one this app pins. */
  WRONG_FLEET("This is not the vault that the app trusts."),
  /** Fewer HSMs, or a smaller quorum, than the app accepts. */
  BELOW_POLICY("The vault has fewer machines than this app accepts."),
  /** A software HSM, outside development. */
  SIMULATED("The vault runs on simulated HSMs, which this app does not accept."),
  /** A certificate whose signatures do not hold. */
  BAD_CERTIFICATE("The vault's certificate does not hold."),
  /** Older than what this device has seen. */
  ROLLED_BACK("The vault shows an older state than this device has seen before."),
  /** Two different histories. */
  FORKED("The vault shows another history than this device has seen before."),
  /** An answer that is not what the certificate says, or that answers something else. */
  BAD_ANSWER("The vault's answer is not the one its HSMs signed."),
  /** A certified outcome that cannot follow the request. */
  UNEXPECTED_OUTCOME("The vault's answer makes no sense for this request."),
  /** Stretching parameters below this app's floor or above its ceiling. */
  KSF_OUT_OF_POLICY("The registration asks for key stretching that this app does not accept."),
  /** The wrapped K is not the one that was registered. */
  BAD_WRAPPED_KEY("The stored key is not the one that was registered."),
  /** This device's own memory is damaged. */
  MEMORY_DAMAGED("The state stored on this device is damaged.");

  private final String meaning;

  Distrust(String meaning) {
    this.meaning = meaning;
  }

  /** A sentence for the user. */
  public String whatToDoNext() {
    return this == MEMORY_DAMAGED
        ? meaning + " Delete the app's vault state, which forgets what it has seen, and try again."
        : meaning
            + " Nothing was revealed. Try another network or update the app; if it persists, tell"
            + " the app's maker.";
  }
}
