package dev.coffer.verification.world;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.SealedReply;
import java.util.List;

/** One HSM's reply on its way to a client. */
record Reply(Certificate certificate, List<Bytes> leaves, int position, SealedReply sealed) {}
