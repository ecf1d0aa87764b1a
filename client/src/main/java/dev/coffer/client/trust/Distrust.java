package dev.coffer.client.trust;

import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.transparency.verify.ClientFloor;
import dev.coffer.transparency.verify.Step;

/** Why a client turned away. Every one is a lie, a fault, or this app's own policy. */
public enum Distrust {
  /** The bundle cannot be read. */
  BAD_DELIVERY("The vault's description of itself cannot be read."),
  /** The chain of trust policies does not lead from the compiled-in one to the bundle's. */
  BAD_TRUST_POLICY("The roots that this app trusts did not decide on these keys."),
  /** The operator did not sign the bundle. */
  NOT_OPERATORS("The vault's operator has not signed this description."),
  /** The notary did not sign the bundle. */
  NOT_NOTARISED("The notary has not signed this description."),
  /** Not a leaf of the log that this app trusts. */
  NOT_LOGGED("This description is not in the public log."),
  /** Too few witnesses. */
  NOT_WITNESSED("Too few witnesses have seen the public log."),
  /** A newer bundle was logged. */
  NOT_NEWEST("There is a newer description of the vault than the one shown."),
  /** No longer, or not yet, valid by this device's clock. */
  OUT_OF_TIME("The description is too old or not valid yet. Check this device's clock."),
  /** No active fleet. */
  CLOSED("The vault takes no registrations at the moment."),
  /** A key or setting of the fleet is not the listed one. */
  UNLISTED("The vault's keys are not those in the public log."),
  /** A program that the app's maker did not check. */
  UNKNOWN_PROGRAM("The vault's machines run a program that this app does not know."),
  /** An HSM that promises less, by its own word, than the app asks for. */
  PROMISES_TOO_LITTLE("The vault's machines promise less than this app asks for."),
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

  /** What a failed step of the verification means. */
  static Distrust of(Step step, Fleet fleet, ClientFloor floor) {
    return switch (step) {
      case FORM, GRAMMAR -> BAD_DELIVERY;
      case TRUST_POLICY, NAMED_POLICY -> BAD_TRUST_POLICY;
      case OPERATOR_SIGNATURE -> NOT_OPERATORS;
      case NOTARY_SIGNATURE -> NOT_NOTARISED;
      case LOG_SIGNATURE, INCLUSION -> NOT_LOGGED;
      case WITNESS_QUORUM -> NOT_WITNESSED;
      case NEWEST_LEAF -> NOT_NEWEST;
      case FRESHNESS, VALIDITY -> OUT_OF_TIME;
      case MEMORY, FLEET_HISTORY -> ROLLED_BACK;
      case FLEET_STATE -> CLOSED;
      case PIN -> WRONG_FLEET;
      case CLIENT_FLOOR -> below(fleet, floor);
      case LISTED_KEYS -> UNLISTED;
    };
  }

  private static Distrust below(Fleet fleet, ClientFloor floor) {
    if (fleet.settings().n() < floor.hsmsMin() || fleet.settings().q() < floor.quorumMin()) {
      return BELOW_POLICY;
    }
    boolean simulated = fleet.hsms().stream().anyMatch(HsmIdentity::simulated);
    if (simulated && !floor.simulatedAllowed()) {
      return SIMULATED;
    }
    boolean reached =
        fleet.hsms().stream().allMatch(hsm -> HsmPromises.of(hsm).reach(floor.promises()));
    return reached ? UNKNOWN_PROGRAM : PROMISES_TOO_LITTLE;
  }

  /** Whether it is this app's own choice never to talk to such a fleet. */
  public boolean ownPolicy() {
    return this == BELOW_POLICY
        || this == SIMULATED
        || this == PROMISES_TOO_LITTLE
        || this == UNKNOWN_PROGRAM;
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
