package dev.coffer.verification.torture;

import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Recovery;
import dev.coffer.client.Slot;
import dev.coffer.client.exchange.BundleFetcher;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.OpenRequest;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.exchange.RequestSender;
import dev.coffer.client.exchange.Verified;
import dev.coffer.client.port.VaultTransport.Replies;
import dev.coffer.client.secret.KeySchedule;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.secret.UnacceptableCode;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.client.trust.TrustedFleet;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.List;
import java.util.Optional;

/**
 * One device of an account with the client that users have; only the stretching of the code is left
 * out, which no HSM can see. It may end after a sending, and starts again on what its memory holds.
 * {@link Notes} take its calls into the account's history; what the client tells its user is held
 * against them. One thread.
 */
final class Device implements AutoCloseable {
  private final Vault vault;
  private final Account account;
  private final int number;
  private final Notes notes;
  private final LossyTransport way;

  Device(Vault vault, Account account, int number) {
    this.vault = vault;
    this.account = account;
    this.number = number;
    this.notes = new Notes(vault, account, number);
    this.way = vault.way(notes::answered);
  }

  /** Whether the device is gone as soon as the next message is sent. */
  void dying(boolean soon) {
    way.dying(soon);
  }

  private static RecoveryCode typed(int code) {
    try {
      return RecoveryCode.typed(("torture code " + code).toCharArray());
    } catch (UnacceptableCode e) {
      throw new IllegalStateException("a made code is acceptable", e);
    }
  }

  /** When the answer to the newest guess was verified. */
  Optional<Long> guessAnswered() {
    return notes.guessAnswered();
  }

  /** Registers a code; until there is a verdict, or {@code deadline} has passed. */
  Optional<Enrolment> register(int code, int limit, long deadline) throws InterruptedException {
    notes.typed(code, limit);
    try (RecoveryCode typed = typed(code)) {
      while (true) {
        Enrolment enrolment =
            vault
                .client(account, way, notes, limit)
                .enrol(Slot.CODE, typed, account.secret(), new Authority.Login());
        if (enrolment instanceof Enrolment.TryAgain again) {
          if (over(deadline, again.after().toMillis())) {
            return Optional.empty();
          }
          continue;
        }
        if (enrolment instanceof Enrolment.Untrusted(var reason)) {
          vault.fault("a client met " + reason + " while it enrolled");
        }
        return Optional.of(enrolment);
      }
    } catch (LossyTransport.DeviceGone gone) {
      way.dying(false);
      return Optional.empty();
    }
  }

  /** One guess, likewise. */
  Optional<Recovery> recover(int code, long deadline) throws InterruptedException {
    notes.typed(code, 0);
    try (RecoveryCode typed = typed(code)) {
      while (true) {
        Recovery recovery = vault.client(account, way, notes, 10).recover(Slot.CODE, typed);
        Optional<Long> after =
            switch (recovery) {
              case Recovery.TryAgain again -> Optional.of(again.after().toMillis());
              case Recovery.Unconfirmed unconfirmed -> Optional.of(unconfirmed.after().toMillis());
              default -> Optional.empty();
            };
        if (after.isEmpty()) {
          judge(recovery);
          return Optional.of(recovery);
        }
        if (over(deadline, after.get())) {
          return Optional.empty();
        }
      }
    } catch (LossyTransport.DeviceGone gone) {
      way.dying(false);
      return Optional.empty();
    }
  }

  private void judge(Recovery recovery) {
    if (recovery instanceof Recovery.Untrusted(var reason)) {
      vault.fault("a client met " + reason + " while it recovered");
    }
    if (recovery instanceof Recovery.Recovered recovered
        && !recovered.secret().sameAs(account.secret())) {
      vault.fault("another key was brought back for " + account.name());
    }
  }

  /** Lets time pass unless it is over. */
  private static boolean over(long deadline, long millis) throws InterruptedException {
    if (System.nanoTime() - deadline > 0) {
      return true;
    }
    Waiting.pass(Math.clamp(millis, 50, 500));
    return false;
  }

  /**
   * Deletes what the account's devices take for the live registration. The client keeps no deletion
   * before it sends it, so nothing could be noted of its own: this one is made here, of its parts.
   */
  void delete(long deadline) throws InterruptedException, OperationAborted {
    Subject subject = vault.subject(account.name());
    Memory memory = new Memory(new Notes(vault, account, number));
    LossyTransport own = vault.way(unnoted -> {});
    BundleFetcher fetcher =
        new BundleFetcher(new FleetPin(vault.fleet().id(), ClientPolicy.DEVELOPMENT), own, memory);
    long seenK = fetcher.newest(fetcher.pass(trusted -> 0), 0).k();
    vault.places().heardOf(seenK);
    long generation = account.generation();
    OpenRequest bare =
        OpenRequest.open(
            vault.randomness(),
            vault.fleet(),
            subject,
            seenK,
            header -> new Request.Delete(header, generation, new Authorisation.None()));
    Request.Delete said = bare.as(Request.Delete.class);
    OpenRequest open;
    try (SecretBytes owner = KeySchedule.ownerSeed(account.secret(), subject)) {
      Bytes signature = Ed25519.sign(owner, SignedTexts.ownerDelete(said));
      open =
          bare.with(
              new Request.Delete(said.header(), generation, new Authorisation.Owner(signature)));
    }
    Deed deed = new Deed.Delete(generation);
    Call sent = Call.sent(account.number(), number, deed, seenK, System.nanoTime());
    RequestSender sender =
        new RequestSender(own, vault.login(account), memory, vault.randomness(), Vault.PAUSE);
    TrustedFleet trusted = new TrustedFleet(vault.fleet(), Optional.empty(), List.of());
    while (true) {
      try {
        Verified verified = sender.exchange(trusted, open, Replies.QUORUM);
        vault.note(said, verified);
        account.record(Notes.answered(sent, deed, System.nanoTime(), verified, false));
        return;
      } catch (OperationAborted aborted) {
        aborted.distrust().ifPresent(why -> vault.fault("a client met " + why + " with DELETE"));
        if (aborted.distrust().isPresent() || over(deadline, aborted.after().toMillis())) {
          account.record(sent);
          return;
        }
      }
    }
  }

  /** It is lost: what it asked for and was not told may have happened, or may yet. */
  @Override
  public void close() {
    notes.close();
  }
}
