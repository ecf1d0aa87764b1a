import { describe, expect, test } from "vitest";
import { concat, hex, utf8 } from "../src/codec/bytes.js";
import { decode } from "../src/codec/reader.js";
import { Rejected } from "../src/codec/rejected.js";
import { argon2idHere } from "../src/crypto/argon2id.js";
import { publicKey } from "../src/crypto/ed25519.js";
import { sha256 } from "../src/crypto/hash.js";
import { readSubject } from "../src/protocol/subject.js";
import { authSeed, oprfInput, ownerKey, ownerSeed, stretchingSalt, unwrap, wrap } from "../src/secret/key-schedule.js";
import { BackupSecret, RecoveryCode, UnacceptableCode } from "../src/secret/secrets.js";
import { parseKey, parseUncheckedKey, renderCheck, renderKey, UnreadableKey } from "../src/secret/sixty-four-digits.js";
import { inUnicode13, UNICODE_13 } from "../src/secret/unicode13.js";
import { octets, shared } from "./vectors.js";

/** Java's name of a problem, or the code. */
function outcome(typed: string): string {
  try {
    return `= ${new TextDecoder().decode(RecoveryCode.typed(typed).normalised())}`;
  } catch (error) {
    expect(error).toBeInstanceOf(UnacceptableCode);
    return (error as UnacceptableCode).problem.toUpperCase().replaceAll("-", "_");
  }
}

describe("recovery codes", () => {
  type Codes = {
    cases: { typed: string; outcome: string }[];
    refused: number[];
    normalForms: string;
    assigned: number[];
  };
  const codes = shared<Codes>("codes");

  test("are what they are in Java", () => {
    expect(codes.cases.length).toBeGreaterThan(30);
    for (const one of codes.cases) {
      expect([one.typed, outcome(one.typed)]).toEqual([one.typed, one.outcome]);
    }
  });

  test("of every code point that Unicode 13 knows are the same octets as in Java", () => {
    expect(UNICODE_13).toEqual(codes.assigned);
    const forms: Uint8Array[] = [];
    const refused: number[] = [];
    let before = false;
    for (let c = 0; c <= 0x110000; c++) {
      const told = inUnicode13(c) ? outcome(`abcdef${String.fromCodePoint(c)}`) : "";
      const now = told !== "" && !told.startsWith("= ");
      if (told.startsWith("= ")) {
        forms.push(utf8(told.slice(2)));
      }
      if (now !== before) {
        refused.push(now ? c : c - 1);
      }
      before = now;
    }
    expect(refused).toEqual(codes.refused);
    expect(hex(sha256(concat(...forms)))).toBe(codes.normalForms);
  });

  test("that are new are of what Unicode 13 knows, and older ones may hold more", () => {
    const typed = "melting \u{1fae0}";
    expect(outcome(typed)).toBe(`= ${typed}`);
    expect(() => RecoveryCode.chosen(typed)).toThrow(UnacceptableCode);
    expect(RecoveryCode.chosen("grüße ♦").normalised()).toEqual(RecoveryCode.typed("grüße ♦").normalised());
    expect(() => RecoveryCode.chosen("12345")).toThrow(UnacceptableCode);
  });

  test("refuse lone surrogates and print as redacted", () => {
    expect(outcome("abcdef\ud800")).toBe("FORBIDDEN_CHARACTER");
    const code = RecoveryCode.typed("violet kettle 84");
    expect(`${code} ${JSON.stringify({ code })}`).not.toContain("violet");
    code.destroy();
    expect(code.normalised().every((octet) => octet === 0)).toBe(true);
  });
});

test("every key of a registration is Java's", async () => {
  const v = shared<Record<string, string>>("keys");
  const get = (name: string) => octets(v[name] ?? "");
  const subject = decode(get("subject"), readSubject);
  const id = get("registrationId");
  const code = RecoveryCode.typed(v.code ?? "");
  const k = BackupSecret.of(new Uint8Array(32).fill(0xc4));
  expect(hex(oprfInput(subject, code))).toBe(v.oprfInput);
  expect(hex(stretchingSalt(subject))).toBe(v.salt);
  const ksf = { memoryKibibytes: 19 << 10, passes: 2, lanes: 2 };
  const stretched = await argon2idHere(new Uint8Array(64).fill(0x55), stretchingSalt(subject), ksf);
  expect(hex(stretched)).toBe(v.stretched);
  expect(hex(authSeed(stretched, subject, id))).toBe(v.authSeed);
  expect(hex(publicKey(authSeed(stretched, subject, id)))).toBe(v.authKey);
  expect(hex(ownerSeed(k, subject))).toBe(v.ownerSeed);
  expect(hex(ownerKey(k, subject))).toBe(v.ownerKey);
  const wrapped = await wrap((size) => new Uint8Array(size).fill(7), stretched, subject, id, k);
  expect(hex(wrapped)).toBe(v.wrapped);
  expect((await unwrap(stretched, subject, id, wrapped)).sameAs(k)).toBe(true);
  await expect(unwrap(stretched, { ...subject, account: "bob" }, id, wrapped)).rejects.toThrow(Rejected);
  await expect(unwrap(stretched, subject, id, wrapped.slice(1))).rejects.toThrow(Rejected);
  expect(renderKey(k)).toBe(v.sixtyFourDigits);
  expect(renderCheck(k)).toBe(v.check);
  expect(hex(RecoveryCode.ofPasskey(new Uint8Array(32).fill(0x9e)).normalised())).toBe(v.passkeyCode);
});

describe("the 64-digit key", () => {
  type Paper = { key: string; cases: { typed: string; checked: string; unchecked: string }[] };
  const paper = shared<Paper>("paper");

  function outcomeOf(parse: (typed: string) => BackupSecret, typed: string): string {
    try {
      return hex(parse(typed).copy());
    } catch (error) {
      expect(error).toBeInstanceOf(UnreadableKey);
      return `[${(error as UnreadableKey).groups.join(", ")}]`;
    }
  }

  test("is read as Java reads it, however it is typed, and names the groups to look at", () => {
    expect(paper.cases.length).toBeGreaterThan(20);
    for (const { typed, checked, unchecked } of paper.cases) {
      expect([typed, outcomeOf(parseKey, typed)]).toEqual([typed, checked]);
      expect([typed, outcomeOf(parseUncheckedKey, typed)]).toEqual([typed, unchecked]);
    }
  });

  test("prints as redacted and returns", () => {
    const k = BackupSecret.of(octets(paper.key));
    expect(parseKey(`${renderKey(k)}\n${renderCheck(k)}`).sameAs(k)).toBe(true);
    expect(`${k} ${JSON.stringify(k)}`).toBe('BackupSecret[redacted] "BackupSecret[redacted]"');
  });
});
