import { type Bytes, equal } from "../codec/bytes.js";
import type { RecoveryCode } from "../secret/secrets.js";
import type { FleetSelection } from "./fleet-selection.js";
import { OperationAborted } from "./reasons.js";
import { Recoverer } from "./recoverer.js";
import { type Recovered, type Recovery, type WrongCode, wrongCode } from "./results.js";

interface Answer {
  readonly fleetId: Bytes;
  /** None if the fleet could not be asked. */
  readonly recoverer: Recoverer | undefined;
  readonly recovery: Recovery;
}

async function ask(selection: FleetSelection, fleetId: Bytes, code: RecoveryCode): Promise<Answer> {
  let recoverer: Recoverer | undefined;
  try {
    recoverer = new Recoverer(await selection.to(fleetId, "recover"), code);
    return { fleetId, recoverer, recovery: await recoverer.run() };
  } catch (error) {
    if (error instanceof OperationAborted) {
      return { fleetId, recoverer, recovery: error.end };
    }
    throw error;
  } finally {
    recoverer?.close();
  }
}

/** No verdict, for reasons that have nothing to do with the code. */
function isSilent(recovery: Recovery): boolean {
  return recovery.kind === "try-again" || recovery.kind === "untrusted";
}

/**
 * One guess, put to every fleet of a vault, active ones first. Whoever has the user's login can register where nothing is
 * alive, which is every new fleet; so no fleet's verdict stands for another's, and a success anywhere wins.
 *
 * What is sent to a fleet depends on what is registered with that fleet alone, never on how the guess ended with another:
 * hosts of several fleets learn no more than those of one (INV-10). The price is a guess at each of them for a code that is
 * wrong everywhere.
 */
export class MultiFleetRecovery {
  readonly #answers: Answer[] = [];

  static async everywhere(selection: FleetSelection, code: RecoveryCode): Promise<MultiFleetRecovery> {
    const recoveries = new MultiFleetRecovery();
    try {
      for (const fleetId of selection.all) {
        recoveries.#answers.push(await ask(selection, fleetId, code));
      }
      return recoveries;
    } catch (error) {
      recoveries.#destroy(undefined);
      throw error;
    }
  }

  get #first(): Answer | undefined {
    return this.#answers.find(({ recovery }) => recovery.kind === "recovered");
  }

  /**
   * Every attempt that has its certified end is over; that of the fleet whose K is told comes last, for it is the
   * registration to remember.
   */
  async settle(): Promise<void> {
    const first = this.#first;
    try {
      for (const answer of this.#answers) {
        if (answer !== first) {
          await answer.recoverer?.settle();
        }
      }
      await first?.recoverer?.settle();
    } catch (error) {
      this.#destroy(undefined);
      throw error;
    }
  }

  /** What was recovered, from the first fleet that had it. */
  get recovered(): { readonly fleetId: Bytes; readonly recovered: Recovered } | undefined {
    const first = this.#first;
    return first?.recovery.kind === "recovered" ? { fleetId: first.fleetId, recovered: first.recovery } : undefined;
  }

  #at(fleetId: Bytes): Recovery["kind"] | undefined {
    return this.#answers.find((answer) => equal(answer.fleetId, fleetId))?.recovery.kind;
  }

  /** Whether the fleet has certified that no registration is alive with it. */
  isFree(fleetId: Bytes): boolean {
    const kind = this.#at(fleetId);
    return kind === "not-registered" || kind === "exhausted";
  }

  /** Whether the fleet has certified a registration that this code does not open. */
  opensOtherwise(fleetId: Bytes): boolean {
    return this.#at(fleetId) === "wrong-code";
  }

  /**
   * What is told where nothing was recovered; nothing if nothing is registered anywhere. A verdict on the code comes first,
   * and is never one to be repeated without the user: what a fleet that did not answer might say is no reason to spend
   * guesses with another, or to tell hosts that the code was not right. The end of an account comes last.
   */
  get verdict(): Recovery | undefined {
    const all = this.#answers.map(({ recovery }) => recovery);
    return (
      worst(all) ??
      all.find(({ kind }) => kind === "unconfirmed") ??
      all.find((one) => one.kind === "try-again" && one.cause === "contention") ??
      all.find(isSilent) ??
      all.find(({ kind }) => kind === "exhausted")
    );
  }

  #destroy(spared: Answer | undefined): void {
    for (const answer of this.#answers) {
      if (answer !== spared && answer.recovery.kind === "recovered") {
        answer.recovery.secret.destroy();
      }
    }
  }

  /** Erases every K but the one that is told. */
  close(): void {
    this.#destroy(this.#first);
  }
}

/** The wrong code with the fewest guesses left, and every warning. */
function worst(all: readonly Recovery[]): WrongCode | undefined {
  const wrong = all.filter((one) => one.kind === "wrong-code");
  const [first] = wrong;
  if (first === undefined) {
    return undefined;
  }
  const fewest = wrong.reduce((found, one) => (one.guessesLeft < found.guessesLeft ? one : found), first);
  const unsettled = all.some((one) => one.kind === "unconfirmed" || isSilent(one));
  const replaced = wrong.some((one) => one.replacedWithoutProof);
  return wrongCode(fewest.guessesLeft, fewest.generation, replaced, unsettled);
}
