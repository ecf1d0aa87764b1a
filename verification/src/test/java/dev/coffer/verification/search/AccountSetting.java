package dev.coffer.verification.search;

/**
 * How small a world of one account is.
 *
 * @param limit of every registration, and the fleet's maximum
 * @param guesses wrong guesses in all
 * @param twins attempts that reuse another's id for another code
 * @param rights attempts with the right code, each with its Success
 * @param starts registrations that the thief of a login starts
 * @param hostile whether forged, stolen and excessive requests are inserted too
 * @param deletes whether the user deletes the registration
 * @param strict whether every rule is asserted at once, or the bound of INV-2 alone
 */
record AccountSetting(
    int limit,
    int guesses,
    int twins,
    int rights,
    int starts,
    boolean hostile,
    boolean deletes,
    boolean strict) {}
