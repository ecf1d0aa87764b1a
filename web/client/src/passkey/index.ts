/** Passkeys that open a backup: apart from the rest, for apps that offer them. */
export type { Credentials } from "./ceremony.js";
export type {
  Passkey,
  PasskeyEnrolment,
  PasskeyList,
  PasskeyProblem,
  Problem,
  Renaming,
  Revocation,
  Unlocking,
} from "./outcomes.js";
export { type OtherUnlock, type PasskeyOptions, Passkeys, type PasskeysOptions, type PasskeyWish } from "./passkeys.js";
export { PASSKEY_SLOTS, type PasskeySlot } from "./unlock-file.js";
export type { UnlockStore } from "./unlock-store.js";
