/** Fleets whose members stand on different hardware, as far as software can stand in for it. */
package dev.coffer.verification.hardware;
