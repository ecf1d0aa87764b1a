import { type Bytes, equal } from "../codec/bytes.js";
import type { BackupSecret, RecoveryCode } from "../secret/secrets.js";
import { type CallContext, subjectAt } from "./context.js";
import { Enroller } from "./enroller.js";
import type { FleetSelection } from "./fleet-selection.js";
import { includesFleet } from "./fleet-trust.js";
import { forgetAt } from "./forgetter.js";
import type { MultiFleetRecovery } from "./multi-fleet-recovery.js";
import { OperationAborted } from "./reasons.js";
import { type Recovered, recovered as toldRecovered } from "./results.js";

/**
 * Moves a registration from a retiring fleet to an active one while code and K are at hand: register there, verify the
 * certified receipt, and only then delete the old slot. A crash or a failure at any point leaves at least one registration
 * that the code opens; the next success goes on.
 */
export class Mover {
  readonly #context: CallContext;
  readonly #selection: FleetSelection;

  constructor(context: CallContext, selection: FleetSelection) {
    this.#context = context;
    this.#selection = selection;
  }

  /**
   * After a recovery. Moves only where every active fleet has just certified that nothing is alive with it: what the code
   * does not open there may be the user's newer code, or somebody else's, and the old registration is then the one left.
   */
  async after(
    recoveries: MultiFleetRecovery,
    from: Bytes,
    recovered: Recovered,
    code: RecoveryCode,
  ): Promise<Recovered> {
    const { active, retiring } = this.#selection;
    const otherCodes = active.filter((fleetId) => recoveries.opensOtherwise(fleetId));
    const [to] = active;
    if (!includesFleet(retiring, from)) {
      await this.afterEnrolment(recovered.secret, from);
      return toldRecovered({ ...recovered, otherCodes });
    }
    if (to === undefined) {
      return toldRecovered({ ...recovered, otherCodes });
    }
    const free = active.every((fleetId) => recoveries.isFree(fleetId));
    const done = free && (await this.#moved(recovered.secret, from, to, code));
    return toldRecovered({ ...recovered, otherCodes, move: { from, to, done } });
  }

  async #moved(secret: BackupSecret, from: Bytes, to: Bytes, code: RecoveryCode): Promise<boolean> {
    const moving = async () => {
      // Stored first: a crash after the registration must not forget the slot that is left.
      await this.#context.memory.leave(subjectAt(this.#context, from));
      // By nobody's right: if another device registers there at this moment, that one stays.
      const session = await this.#selection.to(to, "register");
      const enrolment = await new Enroller(session, code, secret, { kind: "none" }).run();
      if (enrolment.kind !== "enrolled") {
        return false;
      }
      await this.#leave(secret, to);
      return true;
    };
    // K is in hand, and the code opens what it opened before: nothing is lost by waiting.
    return (await whereNothingStops(moving)) ?? false;
  }

  /** Before a registration: what this device has with a retiring fleet is to be left. */
  async beforeEnrolment(): Promise<void> {
    const { memory } = this.#context;
    const registered = await memory.registered(this.#anySubject());
    if (registered !== undefined && includesFleet(this.#selection.retiring, registered.fleetId)) {
      await memory.leave(subjectAt(this.#context, registered.fleetId));
    }
  }

  /** After a registration at `now`, which is certified; if the old slot cannot go now, it goes with the next success. */
  async afterEnrolment(secret: BackupSecret, now: Bytes): Promise<void> {
    await whereNothingStops(() => this.#leave(secret, now));
  }

  /** Names in memory do not depend on the fleet here. */
  #anySubject() {
    return subjectAt(this.#context, this.#selection.all[0] as Bytes);
  }

  async #leave(secret: BackupSecret, now: Bytes): Promise<void> {
    const { memory } = this.#context;
    const old = await memory.leaving(this.#anySubject());
    if (old === undefined || equal(old, now)) {
      return;
    }
    if (includesFleet(this.#selection.retiring, old)) {
      const session = await this.#selection.to(old, "recover");
      if ((await forgetAt(session, { kind: "owner", secret })).kind === "try-again") {
        return;
      }
    }
    await memory.left(this.#anySubject());
  }
}

async function whereNothingStops<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OperationAborted) {
      return undefined;
    }
    throw error;
  }
}
