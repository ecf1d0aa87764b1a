import { type Bytes, equal } from "../codec/bytes.js";
import { argon2id, type KeyStretching } from "../crypto/argon2id.js";
import { type Randomness, systemRandomness } from "../crypto/hpke.js";
import { checkNames, type Slot } from "../protocol/subject.js";
import { BackupSecret, RecoveryCode } from "../secret/secrets.js";
import type { Anchor, Purpose } from "../transparency/verifier.js";
import { boundedPause, boundedTransport } from "./bounded-transport.js";
import { type CallContext, type Progress, subjectAt } from "./context.js";
import { type Authority, Enroller } from "./enroller.js";
import { FleetSelection } from "./fleet-selection.js";
import { FleetTrust, includesFleet } from "./fleet-trust.js";
import { forgetAt } from "./forgetter.js";
import { type Inspection, inspect } from "./inspection.js";
import { Memory } from "./memory.js";
import { Mover } from "./mover.js";
import { MultiFleetRecovery } from "./multi-fleet-recovery.js";
import { closeEnrolment, closeRecovery } from "./pending.js";
import { type ClientPolicy, checkPolicy, POLICY_DEFAULT } from "./policy.js";
import { type ClientMemory, type LoginProvider, type Pause, pauseByTimer, type VaultTransport } from "./ports.js";
import { isOwnPolicy, OperationAborted, type TryAgain, type Untrusted, untrusted } from "./reasons.js";
import {
  type Enrolment,
  type Forgetting,
  moved,
  NOT_REGISTERED,
  NOTHING_TO_FORGET,
  notAuthorised,
  type Presence,
  presence,
  type Recovery,
  type VaultStatus,
} from "./results.js";
import { RetryPolicy } from "./retry-policy.js";
import { Turn } from "./turn.js";

/** What a client is made with. */
export interface VaultClientOptions {
  /** Which fleet to trust: `overTheAir(policy)` or `pinnedFleet(id)`. */
  readonly trust: Anchor;
  readonly transport: VaultTransport;
  readonly login: LoginProvider;
  /** Kept across restarts, in one client's use alone. */
  readonly memory: ClientMemory;
  readonly policy?: ClientPolicy;
  /** Argon2id, in a worker where there is one. Another one opens no registration made with it. */
  readonly stretching?: KeyStretching;
  readonly randomness?: Randomness;
  readonly pause?: Pause;
  /** Seconds since 1970, by the device's clock. */
  readonly seconds?: () => number;
  /** A monotonic clock in milliseconds. */
  readonly monotonicMillis?: () => number;
}

/** What a single call may be given. */
export interface CallOptions {
  /** `code` if left out. */
  readonly slot?: Slot;
  /** Ends the call as `try-again`, `interrupted`, while it waits for its turn, too; what has begun is kept. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

type Resolved = Required<Omit<VaultClientOptions, "trust">> & Pick<VaultClientOptions, "trust">;

/**
 * The vault, for one login. Registers K under a recovery code, brings it back, deletes it. Believes no verdict that a
 * quorum of HSMs has not signed for this very request (INV-5).
 *
 * Calls are serialised, with those of other tabs too where the memory knows how. A call begins nothing after two minutes,
 * so that it ends after 140 seconds at most, plus the time that the device stretches codes.
 */
export class VaultClient {
  readonly #options: Resolved;
  readonly #memory: Memory;
  readonly #trust: FleetTrust;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: VaultClientOptions) {
    this.#options = {
      policy: POLICY_DEFAULT,
      stretching: argon2id(),
      randomness: systemRandomness,
      pause: pauseByTimer,
      seconds: () => Date.now() / 1000,
      monotonicMillis: () => performance.now(),
      ...options,
    };
    checkPolicy(this.#options.policy);
    this.#memory = new Memory(options.memory);
    this.#trust = new FleetTrust(options.trust, this.#options.policy, this.#memory, this.#options.seconds);
  }

  /**
   * Registers K under a code. Repeating an unfinished call with the same code and K goes on with the same request; it
   * never starts another on a timeout (INV-8).
   *
   * Goes to an active fleet. Where this device has a registration with a retiring one, that slot is deleted once the new
   * one is certified. Where another fleet has a registration that this device does not know of, only the login's authority
   * goes past it; and where another fleet cannot be asked, the answer is to try again.
   *
   * @param authority by what right a live registration is replaced; to change a code, the K itself
   */
  enrol(
    code: RecoveryCode,
    secret: BackupSecret,
    authority: Authority = { kind: "none" },
    options: CallOptions = {},
  ): Promise<Enrolment> {
    return this.#call<Enrolment>(options, async (context) => {
      const selection = await FleetSelection.begin(context, "register");
      if (selection.active.length === 0) {
        return untrusted(selection.closed);
      }
      const target = await enrolmentTarget(context, selection);
      const enroller = async (fleetId: Bytes, purpose: Purpose) =>
        new Enroller(await selection.to(fleetId, purpose), code, secret, authority);
      if (authority.kind !== "login" && (await occupied(context, selection, target, authority, enroller))) {
        return notAuthorised(authority.kind === "owner");
      }
      const mover = new Mover(context, selection);
      await mover.beforeEnrolment();
      const enrolment = await (await enroller(target, "register")).run();
      if (enrolment.kind === "enrolled") {
        await mover.afterEnrolment(secret, target);
      }
      return enrolment;
    });
  }

  /**
   * One guess. Repeating an unfinished call with the same code is the same guess and free (INV-8); with another code it is
   * another guess.
   *
   * Asks every fleet of the vault in every case, active ones first and then retiring ones: one where nothing is registered
   * counts nothing, and one that somebody else with the login has got to first keeps nobody from what another has. What is
   * recovered from a retiring fleet is moved to an active one, unless another code is registered there.
   */
  recover(code: RecoveryCode, options: CallOptions = {}): Promise<Recovery> {
    return this.#call<Recovery>(options, async (context) => {
      const selection = await FleetSelection.begin(context, "recover");
      const recoveries = await MultiFleetRecovery.everywhere(selection, code);
      try {
        await recoveries.settle();
        const found = recoveries.recovered;
        if (found !== undefined) {
          const listed = { ...found.recovered, staleListing: selection.stale };
          return await new Mover(context, selection).after(recoveries, found.fleetId, listed, code);
        }
        return recoveries.verdict ?? (await nothing(context, selection));
      } finally {
        recoveries.close();
      }
    });
  }

  /** Deletes the registration of a slot, with every fleet that may have one. */
  forget(authority: Authority, options: CallOptions = {}): Promise<Forgetting> {
    return this.#call<Forgetting>(options, async (context) => {
      const selection = await FleetSelection.begin(context, "recover");
      if (selection.all.length === 0) {
        return untrusted(selection.closed);
      }
      let worst: Forgetting = NOTHING_TO_FORGET;
      for (const fleetId of selection.all) {
        const one = await forgetAt(await selection.to(fleetId, "recover"), authority);
        const tells: boolean =
          one.kind !== "not-registered" && (worst.kind === "not-registered" || one.kind !== "forgotten");
        worst = tells ? one : worst;
      }
      return worst;
    });
  }

  /** What can be known without an attempt. */
  status(options: CallOptions = {}): Promise<VaultStatus> {
    return this.#call<VaultStatus>(options, async (context) => {
      const selection = await FleetSelection.begin(context, "recover");
      const fleetId = selection.here ?? selection.all[0];
      if (fleetId === undefined || selection.all.length === 0) {
        return untrusted(selection.closed);
      }
      const session = await selection.to(fleetId, "recover");
      const { k } = await session.fetcher.newest(session.trusted);
      const registered = await context.memory.registered(session.subject);
      const own = registered !== undefined && equal(registered.fleetId, fleetId);
      const unfinished = await hasUnfinished(context, fleetId);
      return {
        kind: "known",
        fleet: session.trusted.fleet,
        k,
        registeredGeneration: own ? registered.generation : undefined,
        unfinished,
        stale: selection.stale,
        next: unfinished ? "by-hand" : "done",
        whatToDoNext: unfinished
          ? "An operation is unfinished: repeat it with the same code."
          : own
            ? "This device has registered a recovery code."
            : "This device remembers no recovery code of this account.",
      };
    });
  }

  /**
   * What this device verifies of the vault, step by step, and what came of it. Needs no login and counts nothing. What a
   * bundle says is remembered, as before any other call.
   */
  inspect(options: CallOptions = {}): Promise<Inspection | TryAgain | Untrusted> {
    return this.#call<Inspection>(options, inspect);
  }

  /**
   * Whether a registration is alive in a slot, with any fleet of the vault. Asks by the start of a registration, which
   * counts no guess and changes nothing that is registered; which code and which K it has nobody tells. How many guesses
   * are left shows what others have tried.
   */
  registered(options: CallOptions = {}): Promise<Presence> {
    return this.#call<Presence>(options, async (context) => {
      const selection = await FleetSelection.begin(context, "recover");
      if (selection.all.length === 0) {
        return untrusted(selection.closed);
      }
      // Stands for a code that is never registered.
      const code = RecoveryCode.ofPasskey(context.randomness(32));
      const secret = BackupSecret.generate(context.randomness);
      for (const fleetId of selection.all) {
        const session = await selection.to(fleetId, "recover");
        const alive = await new Enroller(session, code, secret, { kind: "none" }).alive();
        if (alive !== undefined) {
          return presence(alive);
        }
      }
      return presence(undefined);
    });
  }

  /** Whose login this client has. */
  get owner(): { readonly tenant: string; readonly account: string } {
    const { tenant, account } = this.#options.login;
    return { tenant, account };
  }

  #call<T>(options: CallOptions, work: (context: CallContext) => Promise<T | TryAgain | Untrusted>) {
    const { slot = "code", signal, onProgress = () => undefined } = options;
    const { transport, login, randomness, stretching, pause, monotonicMillis, memory } = this.#options;
    checkNames(login.tenant, login.account, slot);
    const run = async (): Promise<T | TryAgain | Untrusted> => {
      const end = monotonicMillis() + RetryPolicy.callMillis;
      const left = () => end - monotonicMillis();
      try {
        return await work({
          trust: this.#trust,
          transport: boundedTransport(transport, left),
          login,
          memory: this.#memory,
          randomness,
          pause: boundedPause(pause, left),
          stretching,
          slot,
          signal,
          onProgress,
        });
      } catch (error) {
        if (error instanceof OperationAborted) {
          return error.end;
        }
        throw error;
      }
    };
    const turn = new Turn(run, signal);
    this.#last = this.#last.then(() => memory.exclusively?.(turn.take) ?? turn.take()).catch(turn.fail);
    return turn.end;
  }
}

/** The active fleet that this device is registered with, or else the first. */
async function enrolmentTarget(context: CallContext, selection: FleetSelection): Promise<Bytes> {
  const first = selection.active[0] as Bytes;
  const registered = await context.memory.registered(subjectAt(context, first));
  return registered !== undefined && includesFleet(selection.active, registered.fleetId) ? registered.fleetId : first;
}

/**
 * Whether a registration is alive with another fleet: a new one elsewhere, which nothing there could refuse, would stand
 * in front of it. A K at hand is no right to that, either: it may be one that was made for a registration which never came
 * about. Only where this device knows the registration it leaves the one for the other.
 */
async function occupied(
  context: CallContext,
  selection: FleetSelection,
  target: Bytes,
  authority: Authority,
  enroller: (fleetId: Bytes, purpose: Purpose) => Promise<Enroller>,
): Promise<boolean> {
  const subject = subjectAt(context, target);
  const begun = await context.memory.enrolment(subject);
  if (begun !== undefined) {
    closeEnrolment(begun);
  }
  if (begun?.finish !== undefined) {
    return false;
  }
  const own = authority.kind === "owner" ? (await context.memory.registered(subject))?.fleetId : undefined;
  for (const fleetId of selection.all) {
    if (equal(fleetId, target) || (own !== undefined && equal(own, fleetId))) {
      continue;
    }
    try {
      if (await (await enroller(fleetId, "recover")).occupied()) {
        return true;
      }
    } catch (error) {
      // This app would never recover from a fleet that its own policy forbids; it is not kept from beginning elsewhere.
      const mine = error instanceof OperationAborted && error.end.kind === "untrusted" && isOwnPolicy(error.end.reason);
      if (!mine) {
        throw error;
      }
    }
  }
  return false;
}

async function nothing(context: CallContext, selection: FleetSelection): Promise<Recovery> {
  const [now] = selection.all;
  if (now === undefined) {
    return untrusted(selection.closed);
  }
  const before = (await context.memory.registered(subjectAt(context, now)))?.fleetId;
  return before !== undefined && !includesFleet(selection.all, before) ? moved(before, now) : NOT_REGISTERED;
}

async function hasUnfinished(context: CallContext, fleetId: Bytes): Promise<boolean> {
  const subject = subjectAt(context, fleetId);
  const recovery = await context.memory.recovery(subject);
  const enrolment = await context.memory.enrolment(subject);
  if (recovery !== undefined) {
    closeRecovery(recovery);
  }
  if (enrolment !== undefined) {
    closeEnrolment(enrolment);
  }
  return recovery !== undefined || enrolment !== undefined;
}
