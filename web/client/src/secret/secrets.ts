import { type Bytes, equal, hex, invariant, utf8, wipe } from "../codec/bytes.js";
import { type Randomness, systemRandomness } from "../crypto/hpke.js";
import { enforce, enforceEarlier } from "./opaque-string.js";
import { inUnicode13 } from "./unicode13.js";

/** What is wrong with a typed code. It costs no guess: it never left the device. */
export type CodeProblem =
  | "empty"
  | "too-short"
  | "too-long"
  | "not-decoded"
  | "forbidden-character"
  | "too-new-character";

const ADVICE: Record<CodeProblem, string> = {
  empty: "Type the recovery code.",
  "too-short": "The recovery code has at least 6 characters.",
  "too-long": "The recovery code has at most 128 characters.",
  "not-decoded":
    "The recovery code has characters that stand for octets which were not understood. Type it anew, or save its file" +
    " as UTF-8.",
  "forbidden-character":
    "The recovery code has a character that cannot be typed alike on every device (a control, invisible or unknown" +
    " one). Use letters, digits, spaces and punctuation.",
  "too-new-character":
    "The recovery code has a character that older devices do not know. Choose another one, so that you can type the" +
    " code on any device.",
};

/** A typed code that cannot be one. */
export class UnacceptableCode extends Error {
  readonly problem: CodeProblem;

  constructor(problem: CodeProblem) {
    super(ADVICE[problem]);
    this.name = "UnacceptableCode";
    this.problem = problem;
  }

  /** A sentence for the user. */
  get whatToDoNext(): string {
    return this.message;
  }
}

const LENGTH_MIN = 6;
const LENGTH_MAX = 128;

/**
 * What the user remembers, in the one form in which every device types it (PROTOCOL.md §7). Prints as redacted.
 * JavaScript strings cannot be wiped: what was typed stays with the runtime until it is collected.
 */
export class RecoveryCode {
  readonly #normalised: Bytes;

  private constructor(normalised: Bytes) {
    this.#normalised = normalised;
  }

  /** A code to recover with. */
  static typed(typed: string): RecoveryCode {
    return RecoveryCode.#of(typed, (text) => {
      if (text.includes("\ufffd")) {
        throw new UnacceptableCode("not-decoded");
      }
      return enforce(text);
    });
  }

  /**
   * The same code in the form that was registered before codes had one form on every device (PROTOCOL.md §7.1), where it
   * differs from {@link RecoveryCode.typed}: with spaces at its ends, typographic punctuation, or spaces between digits.
   * Another form is another guess, which the user decides on: never try it unasked.
   */
  static typedEarlierForm(typed: string): RecoveryCode {
    return RecoveryCode.#of(typed, enforceEarlier);
  }

  static #of(typed: string, form: (typed: string) => string | undefined): RecoveryCode {
    if (typed === "") {
      throw new UnacceptableCode("empty");
    }
    // This bounds the work before it is done.
    if (typed.length > 4 * LENGTH_MAX) {
      throw new UnacceptableCode("too-long");
    }
    const enforced = form(typed);
    if (enforced === undefined) {
      throw new UnacceptableCode("forbidden-character");
    }
    const length = [...enforced].length;
    if (length < LENGTH_MIN || length > LENGTH_MAX) {
      throw new UnacceptableCode(length === 0 ? "empty" : length < LENGTH_MIN ? "too-short" : "too-long");
    }
    return new RecoveryCode(utf8(enforced));
  }

  /** A new code, to register: of characters alone that every supported device knows. */
  static chosen(typed: string): RecoveryCode {
    const code = RecoveryCode.typed(typed);
    if (![...typed].every((point) => inUnicode13(point.codePointAt(0) as number))) {
      code.destroy();
      throw new UnacceptableCode("too-new-character");
    }
    return code;
  }

  /** The code that a passkey unwraps: 32 octets, in hexadecimal. */
  static ofPasskey(random: Uint8Array): RecoveryCode {
    invariant(random.length === 32, "a passkey's code has 32 octets");
    return new RecoveryCode(utf8(hex(random)));
  }

  /** The octets that enter the OPRF: a copy that the caller wipes. */
  normalised(): Bytes {
    return this.#normalised.slice();
  }

  /** Erases the code. May be called again. */
  destroy(): void {
    wipe(this.#normalised);
  }

  toString(): string {
    return "RecoveryCode[redacted]";
  }

  toJSON(): string {
    return this.toString();
  }
}

/** K: 32 random octets from which everything about a backup is derived. Prints as redacted. */
export class BackupSecret {
  readonly #octets: Bytes;

  private constructor(octets: Bytes) {
    this.#octets = octets;
  }

  /** A new K. */
  static generate(randomness: Randomness = systemRandomness): BackupSecret {
    return new BackupSecret(randomness(32));
  }

  /** The K of these octets, which are copied. */
  static of(octets: Uint8Array): BackupSecret {
    invariant(octets.length === 32, "K has 32 octets");
    return new BackupSecret(new Uint8Array(octets));
  }

  /** The octets, a copy that the caller wipes. */
  copy(): Bytes {
    return this.#octets.slice();
  }

  sameAs(other: BackupSecret): boolean {
    return equal(this.#octets, other.#octets);
  }

  /** Erases K. May be called again. */
  destroy(): void {
    wipe(this.#octets);
  }

  toString(): string {
    return "BackupSecret[redacted]";
  }

  toJSON(): string {
    return this.toString();
  }
}
