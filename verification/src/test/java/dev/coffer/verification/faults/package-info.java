/** Processes of repositories, killed at writes; single writes that fail are tried in each module. */
@NullMarked
package dev.coffer.verification.faults;

import org.jspecify.annotations.NullMarked;
