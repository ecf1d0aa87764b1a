package dev.coffer.cli.vault;

import java.time.Instant;
import java.util.Optional;

/**
 * One node as it looks from outside.
 *
 * @param index 1 to n
 * @param running whether its process is there
 * @param ready whether it says that an operation which came to it now would be certified
 * @param why it would not be, in the node's words; empty if it would, or the node does not answer
 * @param model what its HSM is; contains SIMULATED
 * @param certificateEnds until when the certificate counts that it shows; empty if it does not
 *     answer
 * @param pid of the node's process, 0 if there is none
 * @param memoryBytes of the node and its HSM, their share of common pages counted once; 0 if
 *     unknown
 */
public record NodeHealth(
    int index,
    boolean running,
    boolean ready,
    String why,
    String model,
    Optional<Instant> certificateEnds,
    long pid,
    long memoryBytes) {}
