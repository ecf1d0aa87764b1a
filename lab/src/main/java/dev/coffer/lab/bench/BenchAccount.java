package dev.coffer.lab.bench;

import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Recovery;
import dev.coffer.client.Slot;
import dev.coffer.client.VaultClient;
import dev.coffer.client.port.DeviceLogin;
import dev.coffer.client.port.Pause;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.secret.UnacceptableCode;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.login.LoginToken;
import java.io.IOException;
import java.time.Duration;

/**
 * One user of the load generator: the client itself, on a device that keeps what it is given until
 * it is gone. Only the stretching of the code is left out, which would measure Argon2id instead of
 * the fleet. Used by one thread at a time.
 */
final class BenchAccount {
  private static final Duration LOGIN = Duration.ofHours(2);
  private static final String CODE = "a code of the benchmark";

  /** How often a call is repeated that had no verdict: it goes on, and that is free (INV-8). */
  private static final int CALLS_MAX = 20;

  private final VaultClient client;
  private final Pause pause;
  private final BackupSecret secret;

  BenchAccount(
      FleetId fleet,
      VaultTransport transport,
      DevelopmentIssuer issuer,
      String account,
      Randomness randomness,
      Pause pause) {
    SecretBytes deviceKey = SecretBytes.random(randomness, Limits.DIGEST);
    LoginToken token = issuer.issue(fleet, account, Ed25519.publicKey(deviceKey), LOGIN);
    this.pause = pause;
    secret = BackupSecret.generate(randomness);
    client =
        new VaultClient(
            new FleetPin(fleet, ClientPolicy.DEVELOPMENT),
            transport,
            new DeviceLogin(
                DevelopmentIssuer.TENANT, account, deviceKey, (id, key, fresh) -> token),
            new MemoryOnly(),
            randomness,
            pause,
            new NoStretching());
  }

  private static RecoveryCode code() {
    try {
      return RecoveryCode.typed(CODE.toCharArray());
    } catch (UnacceptableCode e) {
      throw new IllegalStateException("a made code is acceptable", e);
    }
  }

  /** Registers. */
  void register() throws IOException, InterruptedException {
    try (RecoveryCode code = code()) {
      Enrolment enrolment = client.enrol(Slot.CODE, code, secret, Authority.none());
      for (int i = 1; enrolment instanceof Enrolment.TryAgain again && i < CALLS_MAX; i++) {
        pause.await(again.after());
        enrolment = client.enrol(Slot.CODE, code, secret, Authority.none());
      }
      if (!(enrolment instanceof Enrolment.Enrolled)) {
        throw new IOException(enrolment.whatToDoNext());
      }
    }
  }

  /** A complete recovery, from the bundle to K; the time of calls without a verdict counts. */
  void recover() throws IOException, InterruptedException {
    try (RecoveryCode code = code()) {
      Recovery recovery = client.recover(Slot.CODE, code);
      for (int i = 1; recovery instanceof Recovery.TryAgain again && i < CALLS_MAX; i++) {
        pause.await(again.after());
        recovery = client.recover(Slot.CODE, code);
      }
      if (!(recovery instanceof Recovery.Recovered recovered)) {
        throw new IOException(recovery.whatToDoNext());
      }
      try (BackupSecret brought = recovered.secret()) {
        if (!brought.sameAs(secret)) {
          throw new IOException("another key was brought back");
        }
      }
    }
  }
}
