import {
  type Findings,
  type Fleet,
  hex,
  type Inspection,
  keyText,
  type ListedFleet,
  STEPS,
  type TryAgain,
  type Untrusted,
} from "@coffer/client";
import {
  AUDIT_LOG,
  auditFleet,
  HASH_MANIFEST,
  HASH_NOTE,
  opensslCommands,
  spicyCommands,
  VERIFY_BUNDLE,
} from "../again.js";
import type { Strings } from "../strings/strings.js";
import type { TrustScreen } from "../trust.js";
import { button, type Child, h } from "./dom.js";
import { heading } from "./screens.js";

/** Draws what was verified. A fact is drawn only where the step that covers it passed (`Findings`). */

export interface TrustRoom {
  readonly strings: Strings;
  /** The trust policy of `console.json`, for other tools; none where a fleet is pinned. */
  readonly policy: string | undefined;
  readonly look: () => void;
  readonly copy: (text: string) => void;
  readonly save: (name: string, octets: Uint8Array<ArrayBuffer>) => void;
  /** SHA-256 as hexadecimal. */
  readonly hash: (octets: Uint8Array<ArrayBuffer>) => Promise<string>;
}

type Expected = keyof Strings["trust"]["other"]["expects"];
type Looked = Extract<TrustScreen, { at: "looked" }>;

function local(seconds: bigint, { language }: Strings): string {
  return millisLocal(Number(seconds) * 1000, language);
}

function millisLocal(millis: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(millis);
}

function facts(...rows: readonly (readonly [string, ...Child[]] | false)[]): HTMLElement {
  const there = rows.filter((row) => row !== false);
  return h("dl", {}, ...there.flatMap(([name, ...value]) => [h("dt", {}, name), h("dd", {}, ...value)]));
}

function code(text: string): HTMLElement {
  return h("code", {}, text);
}

/** How to verify that with another program, a click away. */
function again({ strings, copy }: TrustRoom, ...commands: readonly (readonly [string, Expected])[]): HTMLElement {
  const { other } = strings.trust;
  return h(
    "details",
    { class: "again" },
    h("summary", {}, other.summary),
    ...commands.flatMap(([command, expected]) => [
      h("p", { class: "small" }, other.expects[expected]),
      h("pre", {}, code(command)),
      button(other.copy, () => copy(command)),
    ]),
  );
}

function steps({ strings }: TrustRoom, { findings, failed }: Inspection, pinned: boolean): HTMLElement {
  const { steps: text } = strings.trust;
  const course = STEPS.filter((step) => (pinned ? step === "PIN" || step === "CLIENT_FLOOR" : step !== "PIN"));
  const items = course.map((step) => {
    const word = findings.passed.includes(step) ? "passed" : step === failed?.step ? "failed" : "unreached";
    return h("li", { class: word, "data-step": step }, text.names[step], ": ", h("strong", {}, text[word]));
  });
  return h("ol", { class: "steps" }, ...items);
}

function description(room: TrustRoom, { findings, files }: Inspection): Child[] {
  const { strings } = room;
  const { bundle: text } = strings.trust;
  const { bundle } = findings;
  if (bundle === undefined) {
    return [];
  }
  const digest = code("");
  void room.hash(files["fleet.note"]).then((hash) => digest.append(hash));
  return [
    h("h2", {}, text.heading),
    facts(
      [text.namespace, bundle.namespace],
      [text.epoch, String(bundle.epoch)],
      [text.valid, text.span(local(bundle.notBefore, strings), local(bundle.notAfter, strings))],
      [text.hash, digest],
    ),
    again(room, [VERIFY_BUNDLE, "verify"], [HASH_NOTE, "hash"]),
  ];
}

function signers(room: TrustRoom, { policy, passed }: Findings): Child[] {
  const { signed: text, steps: words } = room.strings.trust;
  if (policy === undefined || !passed.includes("OPERATOR_SIGNATURE")) {
    return [];
  }
  const { operator, notary, version, rootThreshold, roots } = policy;
  const notarised = passed.includes("NOTARY_SIGNATURE");
  return [
    h("h2", {}, text.heading),
    facts(
      [text.operator, code(keyText(operator))],
      [text.notary, notarised ? code(keyText(notary)) : words.failed],
      [text.policy, text.version(String(version), rootThreshold, roots.length)],
    ),
    again(
      room,
      [opensslCommands("operator", operator, 0), "openssl"],
      ...(notarised ? [[opensslCommands("notary", notary, 2), "openssl"] as const] : []),
    ),
  ];
}

function changes(room: TrustRoom, { change, end }: Looked): Child[] {
  if (end.kind !== "inspected" || end.failed !== undefined || end.findings.bundle === undefined) {
    return [];
  }
  const { change: text } = room.strings.trust;
  const said =
    change === undefined
      ? text.first
      : change === "damaged"
        ? text.damaged
        : (change.lines.length === 0 ? text.none : text.some)(String(change.from));
  const lines = change === undefined || change === "damaged" ? [] : change.lines;
  return [
    h("h2", {}, text.heading),
    h("p", {}, said),
    lines.length > 0 && h("ul", { class: "delta" }, ...lines.map((line) => h("li", {}, code(line)))),
    again(room, [AUDIT_LOG, "audit-log"]),
  ];
}

function log(room: TrustRoom, { policy, checkpoint, witnesses, quorumTime, passed }: Findings): Child[] {
  const { strings } = room;
  const { log: text } = strings.trust;
  if (policy === undefined || checkpoint === undefined) {
    return [];
  }
  const seen = witnesses?.map(({ name, time }) =>
    h("li", {}, `${name}: ${time === undefined ? text.unseen : local(time, strings)}`),
  );
  const key = policy.log.logs[0]?.key;
  return [
    h("h2", {}, text.heading),
    facts(
      [text.origin, checkpoint.origin],
      [text.size, String(checkpoint.size)],
      [text.root, code(hex(checkpoint.root))],
      [text.witnesses, seen === undefined ? text.uncovered : h("ul", {}, ...seen)],
      quorumTime !== undefined && [text.quorum, local(quorumTime, strings)],
    ),
    key !== undefined && passed.includes("INCLUSION") && again(room, [spicyCommands(key), "spicy"]),
  ];
}

interface Member {
  readonly site?: string;
  readonly model: string;
}

function members(room: TrustRoom, hsms: readonly Member[]): Child[] {
  const { fleet: text } = room.strings.trust;
  const simulated = hsms.filter(({ model }) => model.includes("SIMULATED")).length;
  const items = hsms.map(({ site, model }, at) =>
    h("li", { class: model.includes("SIMULATED") ? "simulated" : "hsm" }, text.hsm(at + 1, site), code(model)),
  );
  return [
    simulated > 0 && h("p", { class: "alert" }, text.simulated(simulated, hsms.length)),
    h("h3", {}, text.hsms),
    h("ul", {}, ...items),
    h("p", { class: "small" }, text.models),
  ];
}

function short(id: Uint8Array): string {
  return hex(id.slice(0, 4));
}

function listedFleet(room: TrustRoom, { id, state, evidence, members: of }: ListedFleet, answered: boolean): Child[] {
  const { fleet: text } = room.strings.trust;
  return [
    h("h2", {}, text.heading(short(id))),
    answered && h("p", {}, text.answered),
    facts(
      ["Id", code(hex(id))],
      [text.state, text.states[state]],
      of !== undefined && [text.quorum, text.settings(of.n, of.q, of.limit)],
      [text.evidence, code(hex(evidence)), h("br"), text.evidenceUnread],
    ),
    ...(of === undefined ? [] : members(room, of.hsms)),
    again(room, [auditFleet(hex(id), false), "audit-fleet"], [HASH_MANIFEST, "manifest"]),
  ];
}

function pinnedFleet(room: TrustRoom, { id, settings, hsms }: Fleet): Child[] {
  const { fleet: text } = room.strings.trust;
  return [
    h("h2", {}, text.heading(short(id))),
    h("p", {}, text.pinned),
    facts(["Id", code(hex(id))], [text.quorum, text.settings(settings.n, settings.q, settings.guessLimitMax)]),
    ...members(room, hsms),
    again(room, [auditFleet(hex(id), true), "audit-fleet"]),
  ];
}

function files({ strings, policy, save }: TrustRoom, { files: all }: Inspection): Child[] {
  const { other } = strings.trust;
  const named: [string, Uint8Array<ArrayBuffer>][] = Object.entries(all).filter(([name, octets]) => {
    return octets.length > 0 || (policy !== undefined && name === "trust-policies");
  });
  if (policy !== undefined) {
    named.push(["trust-policy.note", new TextEncoder().encode(policy) as Uint8Array<ArrayBuffer>]);
  }
  return [
    h("h2", {}, other.heading),
    h("p", {}, other.lead),
    h(
      "div",
      { class: "ways" },
      ...named.map(([name, octets]) => button(`${other.save} ${name}`, () => save(name, octets))),
    ),
  ];
}

function verdict({ strings }: TrustRoom, end: Inspection | TryAgain | Untrusted, pinned: boolean): Child {
  const { trust: text } = strings;
  if (end.kind !== "inspected") {
    return h("p", { class: "alert", role: "alert" }, `${text.nothing} ${strings.recoveryEnd(end)}`);
  }
  const { failed } = end;
  return failed === undefined
    ? h("p", { class: "good", role: "status" }, pinned ? text.pinHolds : text.holds)
    : h(
        "p",
        { class: "alert", role: "alert" },
        text.stopped(text.steps.names[failed.step], strings.recoveryEnd(failed.end)),
      );
}

function found(room: TrustRoom, shown: Looked, end: Inspection, pinned: boolean): Child[] {
  const { findings, fleet, failed, stale, turnedAway } = end;
  const { trust: text } = room.strings;
  const held = failed === undefined;
  return [
    stale && h("p", { class: "alert" }, text.stale),
    turnedAway > 0 && h("p", { class: "alert" }, text.turnedAway(turnedAway)),
    h("h2", {}, text.steps.heading),
    steps(room, end, pinned),
    ...description(room, end),
    ...signers(room, findings),
    ...changes(room, shown),
    ...log(room, findings),
    ...(findings.bundle?.fleets ?? []).flatMap((one) => listedFleet(room, one, held && hex(one.id) === hex(fleet.id))),
    ...(pinned && findings.passed.includes("PIN") ? pinnedFleet(room, fleet) : []),
    ...files(room, end),
  ];
}

export function drawTrust(room: TrustRoom, screen: TrustScreen): Child[] {
  const { strings, policy, look } = room;
  const { trust: text } = strings;
  if (screen.at === "looking") {
    return [heading(text.looking), h("progress", { "aria-label": text.looking })];
  }
  const { end, when } = screen;
  const pinned = policy === undefined;
  return [
    heading(text.heading),
    verdict(room, end, pinned),
    h("p", {}, end.kind === "inspected" && end.failed === undefined ? text.lead : text.leadFailed),
    h("p", { class: "small" }, text.looked(millisLocal(when, strings.language))),
    h("div", { class: "ways" }, button(text.again, look)),
    ...(end.kind === "inspected" ? found(room, screen, end, pinned) : []),
  ];
}
