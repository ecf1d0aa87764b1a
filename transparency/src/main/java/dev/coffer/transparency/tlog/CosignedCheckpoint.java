package dev.coffer.transparency.tlog;

import java.util.OptionalLong;

/**
 * A checkpoint that a known log signed and a quorum cosigned.
 *
 * @param quorumTime seconds since 1970, as {@link Policy#quorumTime} defines it; empty where the
 *     policy asks for no quorum
 */
public record CosignedCheckpoint(Checkpoint checkpoint, OptionalLong quorumTime) {}
