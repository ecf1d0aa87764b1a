package dev.coffer.client.operation;

import dev.coffer.client.Authority;
import dev.coffer.client.Cause;
import dev.coffer.client.Forgetting;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.OpenRequest;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.exchange.Verified;
import dev.coffer.client.port.LoginProvider;
import dev.coffer.client.port.RetryPolicy;
import dev.coffer.client.port.VaultTransport.Replies;
import dev.coffer.client.secret.KeySchedule;
import dev.coffer.client.trust.Distrust;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.Optional;

/**
 * One deletion. Nothing of it is kept: deleting twice is deleting once, and the proof is for one
 * generation.
 */
public final class Forgetter {
  private final Session session;
  private final Subject subject;
  private final LoginProvider login;
  private final Authority authority;

  public Forgetter(Session session, LoginProvider login, Authority authority) {
    this.session = session;
    this.subject = session.subject();
    this.login = login;
    this.authority = authority;
  }

  public Forgetting run() throws OperationAborted {
    boolean useless =
        authority instanceof Authority.None
            || (authority instanceof Authority.Login
                && !session.trusted().fleet().settings().deleteByLogin());
    if (useless) {
      return new Forgetting.NotAuthorised();
    }
    long generation = rememberedGeneration();
    for (int round = 0; round < RetryPolicy.ROUNDS; round++) {
      Verified verified;
      try (OpenRequest request = request(generation)) {
        verified = session.exchange(request, Replies.QUORUM);
      }
      switch (verified.outcome().code()) {
        case ACCEPTED -> {
          end();
          return new Forgetting.Forgotten();
        }
        case NOT_REGISTERED, EXHAUSTED -> {
          end();
          return new Forgetting.NotRegistered();
        }
        case NOT_AUTHORISED -> {
          // The certified refusal tells the generation, which this device may not have known.
          if (verified.outcome().generation() == generation) {
            return new Forgetting.NotAuthorised();
          }
          generation = verified.outcome().generation();
        }
        case STALE -> {
          // Taken again with a newer seenK.
        }
        case REGISTRATION_FINISHED, NOT_PENDING, NOT_ACCEPTABLE, NOT_PROVED, MALFORMED ->
            throw OperationAborted.untrusted(Distrust.UNEXPECTED_OUTCOME);
      }
    }
    return new Forgetting.TryAgain(RetryPolicy.AGAIN_LATER, Cause.CONTENTION);
  }

  private void end() throws OperationAborted {
    session.memory().dropRegistered(subject);
    session.memory().dropRecovery(subject);
  }

  private long rememberedGeneration() throws OperationAborted {
    Optional<Memory.Registered> registered = session.memory().registered(subject);
    return registered
        .filter(r -> r.fleetId().equals(subject.fleetId()))
        .map(Memory.Registered::generation)
        .orElse(1L);
  }

  private OpenRequest request(long generation) throws OperationAborted {
    OpenRequest bare =
        session.open(header -> new Request.Delete(header, generation, new Authorisation.None()));
    Request.Delete delete = bare.as(Request.Delete.class);
    Authorisation by =
        authority instanceof Authority.Owner owner
            ? ownersWord(delete, owner)
            : LoginWord.over(session.trusted().fleet().id(), login, bare);
    return bare.with(new Request.Delete(delete.header(), generation, by));
  }

  private Authorisation ownersWord(Request.Delete delete, Authority.Owner owner) {
    try (SecretBytes seed = KeySchedule.ownerSeed(owner.secret(), subject)) {
      return new Authorisation.Owner(Ed25519.sign(seed, SignedTexts.ownerDelete(delete)));
    }
  }
}
