import { hex, renderCheck, renderKey, UnacceptableCode, type VaultStatus } from "@coffer/client";
import type { PasskeySlot } from "@coffer/client/passkey";
import { type CommonCodes, commonCodes } from "../common-codes.js";
import type { Flow } from "../flow.js";
import type { Used } from "../practice.js";
import {
  type Problem,
  type Screen,
  WAYS_AFTER_UNLOCK,
  type Way,
  waysAfterEnrolment,
  waysAfterRecovery,
} from "../screen.js";
import { strengthOf } from "../strength.js";
import type { Strings } from "../strings/strings.js";
import { button, check, field, form, h, reveal } from "./dom.js";
import { qrCode } from "./qr.js";

/** What a screen is drawn with. */
export interface Room {
  readonly flow: Flow;
  readonly strings: Strings;
  readonly account: string;
  /** What the vault says of itself, without an attempt. */
  readonly status: () => Promise<VaultStatus>;
  /** Now, since 1970. */
  readonly millis: () => number;
  /** Goes to the backups of the key that is here. */
  readonly files: () => void;
}

type At<K extends Screen["at"]> = Extract<Screen, { at: K }>;

/** The heading of a screen takes the focus, so that a screen reader begins there. */
export function heading(text: string): HTMLElement {
  return h("h1", { tabindex: -1 }, text);
}

function alert(text: string | false | undefined): HTMLElement | false {
  return typeof text === "string" && text !== "" && h("p", { class: "alert", role: "alert", id: "problem" }, text);
}

function say(problem: Problem | undefined, strings: Strings): string | undefined {
  if (problem === undefined) {
    return undefined;
  }
  if (problem === "not-the-same") {
    return strings.choose.notTheSame;
  }
  if (problem === "groups-differ") {
    return strings.key.differ;
  }
  return problem instanceof UnacceptableCode ? strings.unacceptable(problem) : strings.unreadable(problem);
}

function ways({ flow, strings }: Room, offered: readonly Way[]): HTMLElement {
  const acts: Readonly<Record<Way, () => void>> = {
    "same-again": () => void flow.again(),
    "type-code": () => flow.typeCode(),
    passkey: () => void flow.unlock(),
    "type-key": () => flow.typeKey(),
    "turn-on": () => flow.turnOn(),
    replace: () => flow.askReplace(),
    home: () => flow.home(),
  };
  // Only the unlocks that exist here.
  const there = offered.filter((way) => way !== "passkey" || flow.hasPasskeys);
  const buttons = there.map((way, at) => button(strings.ways[way], acts[way], at === 0 ? "primary" : "plain"));
  return h("div", { class: "ways" }, ...buttons);
}

function vaultFacts(status: VaultStatus, { vault, recoveryEnd }: Strings): readonly HTMLElement[] {
  if (status.kind !== "known") {
    return [h("p", {}, recoveryEnd(status))];
  }
  const { id, settings, hsms } = status.fleet;
  const facts: readonly (readonly [string, string])[] = [
    [vault.fleet, (hex(id).match(/.{8}/g) as string[]).join(" ")],
    [vault.hsms, vault.quorum(settings.n, settings.q)],
    [vault.models, [...new Set(hsms.map(({ model }) => model))].join(", ")],
    [vault.guesses, String(settings.guessLimitMax)],
    [vault.witnesses, status.stale ? vault.stale : vault.seen],
  ];
  return [h("dl", {}, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))];
}

function aboutVault({ strings, status }: Room): HTMLElement {
  const body = h("div", { "aria-live": "polite" });
  let asked = false;
  const open = async () => {
    if (!asked) {
      asked = true;
      body.replaceChildren(h("p", {}, strings.vault.asking));
      body.replaceChildren(...vaultFacts(await status(), strings));
    }
  };
  return h("details", { toggle: () => void open() }, h("summary", {}, strings.vault.summary), body);
}

const DAY = 86_400_000;

function day(millis: number, { language }: Strings): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(millis);
}

/** Where this device can check the code: when it was last typed, and the way there. */
function reminder({ flow, strings, millis }: Room): (HTMLElement | false)[] {
  const { practisedSince: since } = flow;
  if (since === undefined) {
    return [];
  }
  const last = Math.max(since, flow.lastUsed("code") ?? 0, flow.lastUsed("practice") ?? 0);
  const long = millis() - last > 30 * DAY;
  const { practise: text } = strings;
  return [
    h("p", { class: long ? "alert" : "good" }, text.remind(day(last, strings), long)),
    h(
      "div",
      { class: "ways" },
      button(text.go, () => flow.askPractice()),
    ),
  ];
}

/** Whether the code that is typed here may be practised: only where the user says so. */
function practiceWish({ flow, strings }: Room): HTMLElement {
  const { practise: text } = strings;
  return h(
    "div",
    {},
    check(
      text.wish,
      (wanted) => {
        flow.practises = wanted;
      },
      flow.practises,
    ),
    h("p", { class: "small" }, text.wishMeans),
  );
}

function practise({ flow, strings }: Room, { since, end, problem }: At<"practise">): (HTMLElement | false)[] {
  const { practise: text } = strings;
  const typed = field(text.label, { secret: true });
  return [
    heading(text.heading),
    end === "right" && h("p", { class: "good", role: "status" }, text.right(day(since, strings))),
    end === "not-erased" && alert(text.notErased),
    alert(end === "wrong" ? text.wrong(day(since, strings)) : say(problem, strings)),
    h("p", {}, text.lead),
    form(
      ([code = ""]) => void flow.practise(code),
      typed.row,
      reveal(strings.choose.show, [typed.input]),
      h("button", { class: "primary" }, text.submit),
    ),
    h(
      "div",
      { class: "ways" },
      button(text.forget, () => void flow.forgetPractice(), "danger"),
      button(strings.ways.home, () => flow.home()),
    ),
  ];
}

function unlocks(room: Room, { code, passkeys: list }: At<"unlocks">): (HTMLElement | false)[] {
  const { flow, strings } = room;
  const { unlocks: text, passkeys: passkeyText } = strings;
  const used = (...ways: readonly Used[]) => {
    const last = Math.max(...ways.map((way) => flow.lastUsed(way) ?? 0));
    return text.used(last === 0 ? undefined : day(last, strings));
  };
  const alive = { registered: text.live, "not-registered": text.gone, "try-again": "", untrusted: "" }[code.kind];
  const passkeysSay =
    list?.kind === "listed"
      ? text.passkeysAre(list.passkeys.map(({ name = passkeyText.nameless }) => name))
      : text.passkeysUnread;
  const facts: readonly (readonly [string, string, string])[] = [
    [text.code, alive === "" ? text.unknown : alive, used("code", "practice")],
    ...(list === undefined ? [] : [[text.passkeys, passkeysSay, used("passkey")] as const]),
    [text.paper, text.paperIs, used("key")],
  ];
  return [
    heading(text.heading),
    h("p", {}, text.lead),
    h("dl", {}, ...facts.flatMap(([name, is, when]) => [h("dt", {}, name), h("dd", {}, `${is}; ${when}`)])),
    ways(room, ["home"]),
  ];
}

function home(room: Room): (HTMLElement | false)[] {
  const { flow, strings } = room;
  const { home: text } = strings;
  return [
    heading(text.heading),
    h("p", {}, text.lead),
    h(
      "div",
      { class: "ways" },
      button(text.turnOn, () => flow.turnOn(), "primary"),
      button(text.recover, () => flow.typeCode()),
      flow.hasPasskeys && button(strings.ways.passkey, () => void flow.unlock()),
      button(text.key, () => flow.typeKey()),
    ),
    ...reminder(room),
    aboutVault(room),
  ];
}

function chooseCode(room: Room, { problem }: At<"choose-code">): (HTMLElement | false)[] {
  const { flow, strings, account } = room;
  const { choose: text } = strings;
  const first = field(text.code, { secret: true, complete: "new-password", describedBy: "strength" });
  const again = field(text.again, { secret: true, complete: "new-password" });
  const strength = h("p", { id: "strength", role: "status" });
  const unknowing = h("p", { class: "small" }, text.unknowing);
  const advise = (common?: CommonCodes) => {
    const typed = first.input.value;
    const said = typed === "" ? "" : text.strength(strengthOf(typed, account, common));
    if (strength.textContent !== said) {
      strength.textContent = said;
    }
  };
  first.input.addEventListener("input", () => {
    void commonCodes().then(advise, () => {
      unknowing.textContent = text.unlisted;
      advise();
    });
  });
  return [
    heading(flow.unlocked ? text.changeHeading : text.heading),
    h("p", {}, text.lead),
    alert(say(problem, strings)),
    form(
      ([typed = "", repeated = ""]) => void flow.chosen(typed, repeated),
      first.row,
      strength,
      unknowing,
      again.row,
      reveal(text.show, [first.input, again.input]),
      practiceWish(room),
      h("button", { class: "primary" }, flow.unlocked ? strings.unlocked.change : text.submit),
    ),
    ways(room, flow.unlocked ? ["home"] : ["type-key", "home"]),
  ];
}

function confirmReplace(room: Room): HTMLElement[] {
  const { replace: text } = room.strings;
  return [
    heading(text.heading),
    h("p", {}, text.lead),
    ways(room, ["type-code", "passkey", "type-key", "home"]),
    h(
      "div",
      { class: "ways" },
      button(text.go, () => void room.flow.replace(), "danger"),
    ),
  ];
}

function working({ flow, strings }: Room, { on }: At<"working">): HTMLElement[] {
  const { working: text } = strings;
  return [
    heading(text[on]),
    h("progress", { max: 1, "aria-label": text.bar }),
    h(
      "div",
      { class: "ways" },
      button(text.cancel, () => flow.cancel()),
    ),
  ];
}

function typeCode(room: Room, { wrong, problem }: At<"type-code">): (HTMLElement | false)[] {
  const { flow, strings } = room;
  const { code: text } = strings;
  const typed = field(text.label, { secret: true, complete: "current-password" });
  return [
    heading(wrong === undefined ? text.heading : text.wrongHeading),
    alert(wrong === undefined ? say(problem, strings) : strings.wrongCode(wrong)),
    h("p", {}, text.lead),
    form(
      ([code = ""]) => void flow.typed(code),
      typed.row,
      reveal(strings.choose.show, [typed.input]),
      practiceWish(room),
      h("button", { class: "primary" }, text.submit),
    ),
    ways(room, ["passkey", "type-key", "home"]),
  ];
}

function typeKey(room: Room, { problem }: At<"type-key">): (HTMLElement | false)[] {
  const { key: text } = room.strings;
  return [
    heading(text.heading),
    h("p", {}, text.lead),
    alert(say(problem, room.strings)),
    form(
      ([key = ""]) => room.flow.typedKey(key),
      field(text.label, { lines: 5 }).row,
      h("button", { class: "primary" }, text.submit),
    ),
    ways(room, ["type-code", "passkey", "home"]),
  ];
}

function groups(digits: string, kind: string): HTMLElement {
  return h("ol", { class: kind }, ...digits.split(" ").map((group) => h("li", {}, h("code", {}, group))));
}

function showKey(room: Room): (HTMLElement | false)[] {
  const { flow, strings } = room;
  const { key: text } = strings;
  const { secret } = flow;
  const sheet = h("figure", { class: "sheet" });
  if (secret !== undefined) {
    // Without it the sheet has the digits, which are enough.
    void qrCode(`${renderKey(secret)} ${renderCheck(secret)}`).then(
      (code) => sheet.append(code),
      () => undefined,
    );
  }
  return [
    heading(text.shownHeading),
    h("p", {}, text.shownLead),
    secret !== undefined && groups(renderKey(secret), "key"),
    h("h2", {}, text.check),
    secret !== undefined && groups(renderCheck(secret), "key"),
    sheet,
    h("p", { class: "small unprinted" }, text.qr),
    h(
      "div",
      { class: "ways" },
      button(text.written, () => flow.askGroups(), "primary"),
      button(text.print, () => globalThis.print()),
      button(strings.ways.home, () => flow.home()),
    ),
  ];
}

function confirmKey({ flow, strings }: Room, { groups: asked, problem }: At<"confirm-key">): (HTMLElement | false)[] {
  const { key: text } = strings;
  return [
    heading(text.confirmHeading),
    h("p", {}, text.confirmLead),
    alert(say(problem, strings)),
    form(
      (typed) => flow.confirmGroups(typed),
      ...asked.map((group) => field(text.group(group)).row),
      h("button", { class: "primary" }, text.confirm),
    ),
    h(
      "div",
      { class: "ways" },
      button(text.look, () => flow.showKey()),
    ),
  ];
}

function unlocked({ flow, strings, files }: Room, { by, told, keyConfirmed }: At<"unlocked">): (HTMLElement | false)[] {
  const { unlocked: text } = strings;
  const history = told?.history ?? [];
  return [
    heading(text.headings[by]),
    keyConfirmed === true && h("p", { role: "status" }, text.confirmed),
    told !== undefined && h("p", { class: told.otherAttempts > 0 ? "alert" : "good" }, strings.recovered(told)),
    told?.staleListing === true && h("p", { class: "alert" }, text.stale),
    told !== undefined && told.suspects.length > 0 && h("p", { class: "alert" }, text.suspects(told.suspects)),
    h("p", {}, text.leads[by]),
    h(
      "div",
      { class: "ways" },
      button(text.showKey, () => flow.showKey(), told === undefined ? "primary" : "plain"),
      button(strings.files, files, told === undefined ? "plain" : "primary"),
      button(text.change, () => flow.turnOn()),
      button(strings.unlocks.manage, () => void flow.showUnlocks()),
      flow.hasPasskeys && button(strings.passkeys.manage, () => void flow.showPasskeys()),
      button(text.lock, () => flow.lock()),
    ),
    history.length > 0 && h("h2", {}, text.history),
    history.length > 0 &&
      h("ol", { class: "history" }, ...history.map(({ kind }) => h("li", { "data-kind": kind }, text.kinds[kind]))),
  ];
}

function touch({ flow, strings }: Room): HTMLElement[] {
  const { passkeys: text } = strings;
  return [
    heading(text.touchHeading),
    h("p", {}, text.touchLead),
    h(
      "div",
      { class: "ways" },
      button(text.touch, () => flow.touch(), "primary"),
      button(strings.working.cancel, () => flow.cancel()),
    ),
  ];
}

function renaming({ flow, strings }: Room, slot: PasskeySlot, name: string): HTMLElement {
  const { passkeys: text } = strings;
  const { row, input } = field(text.newName(name));
  input.value = name;
  return h(
    "details",
    {},
    h("summary", {}, text.rename(name)),
    form(([to = ""]) => void flow.renamePasskey(slot, to.trim()), row, h("button", { class: "plain" }, text.saveName)),
  );
}

function passkeys(room: Room, { list, told }: At<"passkeys">): (HTMLElement | false)[] {
  const { flow, strings } = room;
  const { passkeys: text } = strings;
  const there = list.kind === "listed" ? list.passkeys : [];
  const done = told?.kind === "enrolled" || told?.kind === "renamed" || told?.kind === "revoked";
  return [
    heading(text.heading),
    done && h("p", { class: "good", role: "status" }, strings.passkeyEnd(told)),
    !done && told !== undefined && alert(strings.passkeyEnd(told)),
    told?.kind === "unfinished" && button(text.finish, () => void flow.finishPasskey(told.slot), "primary"),
    h("p", {}, text.lead),
    list.kind === "problem" && alert(strings.passkeyEnd(list)),
    there.length > 0 &&
      h(
        "ul",
        { class: "passkeys" },
        ...there.map(({ slot, name: known, name = text.nameless }) =>
          h(
            "li",
            {},
            h("span", {}, name),
            known !== undefined && renaming(room, slot, known),
            button(text.revoke(name), () => void flow.revokePasskey(slot), "danger"),
          ),
        ),
      ),
    form(
      ([name = ""]) => void flow.addPasskey(name.trim()),
      field(text.label).row,
      h("button", { class: "primary" }, text.add),
    ),
    ways(room, ["home"]),
  ];
}

/** The elements of a screen, its heading first. */
export function draw(room: Room, screen: Screen): (HTMLElement | false)[] {
  const { strings } = room;
  switch (screen.at) {
    case "home":
      return home(room);
    case "choose-code":
      return chooseCode(room, screen);
    case "confirm-replace":
      return confirmReplace(room);
    case "working":
      return working(room, screen);
    case "type-code":
      return typeCode(room, screen);
    case "type-key":
      return typeKey(room, screen);
    case "show-key":
      return showKey(room);
    case "confirm-key":
      return confirmKey(room, screen);
    case "unlocked":
      return unlocked(room, screen);
    case "enrolment-failed": {
      const { end } = screen;
      return [heading(strings.failed.enrolment), alert(strings.enrolmentEnd(end)), ways(room, waysAfterEnrolment(end))];
    }
    case "recovery-failed": {
      const { end } = screen;
      return [heading(strings.failed.recovery), alert(strings.recoveryEnd(end)), ways(room, waysAfterRecovery(end))];
    }
    case "touch":
      return touch(room);
    case "passkeys":
      return passkeys(room, screen);
    case "practise":
      return practise(room, screen);
    case "unlocks":
      return unlocks(room, screen);
    case "unlock-failed":
      return [heading(strings.failed.recovery), alert(strings.unlockEnd(screen.end)), ways(room, WAYS_AFTER_UNLOCK)];
    case "broken":
      return [
        heading(strings.failed.broken),
        h("p", {}, strings.brokenLead),
        ways(room, ["type-code", "passkey", "type-key", "home"]),
      ];
  }
}
