/**
 * Frames over a Unix domain socket, and who works on which call. Nothing in here decides anything.
 * Start at {@link dev.coffer.hsm.process.FrameServer}.
 */
package dev.coffer.hsm.process;
