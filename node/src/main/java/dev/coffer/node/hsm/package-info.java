/**
 * The node's own HSM: its process, the socket to it, and the founding of a fleet. Depends on {@code
 * protocol} alone; the core itself is never linked. Start at {@link
 * dev.coffer.node.hsm.HsmSupervisor}.
 */
package dev.coffer.node.hsm;
