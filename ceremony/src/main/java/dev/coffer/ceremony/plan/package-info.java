/**
 * What everybody agrees on before the first key is made: {@link dev.coffer.ceremony.plan.Plan}, the
 * settings file it comes from, the script for people, and hashes as words to be read aloud. Start
 * at {@code Plan}.
 */
package dev.coffer.ceremony.plan;
