/// <reference types="vite/client" />
import { argon2idInWorker, hex, type Progress, systemRandomness } from "@coffer/client";
import workerAddress from "../../client/src/crypto/argon2id-worker.ts?worker&url";
import { BadDeployment, type Deployment, parseDeployment } from "./deployment.js";
import { Flow } from "./flow.js";
import { Practice, Uses } from "./practice.js";
import { LANGUAGES, type Strings, stringsFor } from "./strings/strings.js";
import { Trust } from "./trust.js";
import { accountAt, deviceSeed, openVault, openVaultToLook, pageMemory, passkeysOf } from "./vault.js";
import { button, type Child, field, form, h } from "./view/dom.js";
import { draw, heading, type Room } from "./view/screens.js";
import { drawTrust, type TrustRoom } from "./view/trust.js";

/** The page: reads its deployment, asks whose backup it is, and draws the screens of the flow. */

const LANGUAGE = "coffer-language";

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** The one address that this page ever makes a script of. */
function scriptAddress(): string {
  const { trustedTypes } = globalThis as unknown as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy("coffer", {
    createScriptURL: (url) => {
      if (url !== workerAddress) {
        throw new TypeError("another script");
      }
      return url;
    },
  });
  return policy?.createScriptURL(workerAddress) ?? workerAddress;
}

const address = scriptAddress();
const main = h("main");
const status = h("p", { class: "status", role: "status", "aria-live": "polite" });
const banner = h("p", { class: "banner", hidden: true });
const title = h("p", { class: "title" });
const language = h("select");
const languageLabel = h("label", {}, "");
const youLink = h("a", { href: "#you" });
const trustLink = h("a", { href: "#trust" });
const operationsLink = h("a", { href: "./operations/", hidden: true });
const rooms = h("nav", { hidden: true }, youLink, trustLink, operationsLink);

let strings: Strings = stringsFor([localStorage.getItem(LANGUAGE) ?? "", ...navigator.languages]);

function show(...children: readonly Child[]): void {
  status.textContent = "";
  main.replaceChildren(...children.filter((child) => child !== false && child !== undefined));
  main.querySelector("h1")?.focus();
}

type Draws = () => readonly Child[];
type RoomName = "you" | "trust";
/** What each room shows; the other goes on unseen. Until there is a vault to trust, both show the same. */
const drawn: { you: Draws; trust?: Draws } = { you: () => [] };

function roomNamed(hash: string): RoomName {
  return hash === "#trust" ? "trust" : "you";
}

function redraw(): void {
  const here = roomNamed(location.hash);
  for (const link of [youLink, trustLink]) {
    const current = roomNamed(link.hash) === here;
    current ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
  show(...(drawn[here] ?? drawn.you)());
}

/** A screen that is drawn anew in another language. */
function screen(draws: Draws, room: RoomName = "you"): void {
  drawn[room] = draws;
  if (roomNamed(location.hash) === room || drawn.trust === undefined) {
    redraw();
  }
}

function speak(chosen: Strings): void {
  strings = chosen;
  document.documentElement.lang = chosen.language;
  document.title = chosen.title;
  title.textContent = chosen.title;
  banner.textContent = chosen.simulated;
  languageLabel.textContent = chosen.switchLabel;
  rooms.setAttribute("aria-label", chosen.rooms.label);
  youLink.textContent = chosen.rooms.you;
  trustLink.textContent = chosen.rooms.trust;
  operationsLink.textContent = chosen.rooms.operations;
  language.value = chosen.language;
}

function frame(): void {
  language.id = "language";
  languageLabel.htmlFor = "language";
  language.append(
    ...LANGUAGES.map((one) => h("option", { value: one.language, lang: one.language }, one.languageName)),
  );
  language.addEventListener("change", () => {
    localStorage.setItem(LANGUAGE, language.value);
    speak(stringsFor([language.value]));
    redraw();
    language.focus();
  });
  speak(strings);
  document.body.replaceChildren(
    h("header", {}, title, h("div", {}, languageLabel, language), rooms),
    banner,
    main,
    status,
  );
}

/** A step is announced once; how far it is stands in the bar alone. */
function onProgress(progress: Progress | { readonly step: "waiting" }): void {
  const sentence = strings.working.step(progress);
  if (status.textContent !== sentence) {
    status.textContent = sentence;
  }
  const bar = main.querySelector("progress");
  if (bar !== null && progress.step === "stretching") {
    bar.value = progress.fraction;
  } else {
    bar?.removeAttribute("value");
  }
}

function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, millis);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function choose(limit: number): number {
  const unbiased = 256 - (256 % limit);
  for (;;) {
    const [octet = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (octet < unbiased) {
      return octet % limit;
    }
  }
}

async function you(deployment: Deployment, account: string): Promise<void> {
  const worker = () => new Worker(address, { type: "module" });
  const vault = openVault(deployment, account, await deviceSeed(), worker);
  const kept = { memory: pageMemory(), account, millis: () => Date.now() };
  const stretching = argon2idInWorker(worker);
  const flow = new Flow({
    vault,
    account,
    passkeys: passkeysOf(deployment, vault),
    practice: await new Practice({ ...kept, stretching, randomness: systemRandomness }).open(),
    uses: await new Uses(kept).open(),
    progress: onProgress,
    pause,
    choose,
    changed: (shown) => screen(() => draw(room(), shown)),
  });
  const room = (): Room => ({
    ...{ flow, strings, account, status: () => vault.status(), millis: kept.millis },
    files: () => void files(deployment, flow),
  });
  flow.home();
}

/** Backups and restores; loaded when they are wanted. */
async function files(deployment: Deployment, flow: Flow): Promise<void> {
  const { vault, backups: server } = deployment;
  const { secret } = flow;
  if (secret === undefined) {
    return;
  }
  const leave = () => flow.home();
  try {
    const { openFiles } = await import("./files/room.js");
    openFiles({ secret, server, vault, language: () => strings.language, screen, save, leave });
  } catch {
    screen(() => [
      heading(strings.files),
      h("p", { class: "alert", role: "alert" }, strings.filesUnloaded),
      h(
        "div",
        { class: "ways" },
        button(strings.files, () => void files(deployment, flow), "primary"),
        button(strings.ways.home, leave),
      ),
    ]);
  }
}

/** Hands a file to the user, from this page's memory. Of no type, or a browser would append an ending to its name. */
function save(name: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  h("a", { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}

/** The room that says what was verified: looked at anew whenever somebody enters it. */
function trust(deployment: Deployment): void {
  const room = (): TrustRoom => ({
    strings,
    policy: deployment.policy,
    look: () => void begun(looker.look(), "trust"),
    copy: (text) =>
      void navigator.clipboard.writeText(text).then(
        () => {
          status.textContent = strings.trust.other.copied;
        },
        // The browser forbids it: the command stands there to be marked.
        () => undefined,
      ),
    save,
    hash: async (octets) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", octets))),
  });
  const looker = new Trust({
    vault: openVaultToLook(deployment),
    memory: pageMemory(),
    millis: () => Date.now(),
    progress: () => undefined,
    changed: (shown) => screen(() => drawTrust(room(), shown), "trust"),
  });
  const enter = () => {
    redraw();
    if (roomNamed(location.hash) === "trust") {
      void begun(looker.look(), "trust");
    }
  };
  rooms.hidden = false;
  drawn.trust = () => drawTrust(room(), { at: "looking" });
  globalThis.addEventListener("hashchange", enter);
  enter();
}

async function whose(deployment: Deployment): Promise<void> {
  const { login } = deployment;
  if (login.kind === "development") {
    screen(() => [
      heading(strings.account.heading),
      h("p", {}, strings.account.lead),
      form(
        ([name = ""]) => name.trim() !== "" && void begun(you(deployment, name.trim())),
        field(strings.account.label, { complete: "username" }).row,
        h("button", { class: "primary" }, strings.account.go),
      ),
    ]);
    return;
  }
  const account = await accountAt(login.address);
  if (account !== undefined) {
    return you(deployment, account);
  }
  screen(() => [
    heading(strings.noLogin.heading),
    h("p", {}, strings.noLogin.lead),
    button(strings.noLogin.again, () => void begun(whose(deployment)), "primary"),
  ]);
}

/** Says what broke where nothing else could, and offers to begin again. */
async function begun(work: Promise<void>, room: RoomName = "you"): Promise<void> {
  try {
    await work;
  } catch (error) {
    const known = error instanceof BadDeployment;
    screen(
      () => [
        heading(known ? strings.badDeployment.heading : strings.failed.broken),
        h("p", {}, known ? strings.badDeployment.lead : strings.brokenLead),
        known && h("p", { class: "alert" }, error.message),
        button(strings.reload, () => location.reload(), "primary"),
      ],
      room,
    );
  }
}

async function start(): Promise<void> {
  const response = await fetch("./console.json", { cache: "no-store" });
  if (!response.ok) {
    throw new BadDeployment(`the server answered ${response.status}: run npm run configure`);
  }
  const deployment = parseDeployment(await response.text());
  banner.hidden = deployment.login.kind !== "development";
  operationsLink.hidden = !deployment.operations;
  title.after(h("p", { class: "vault" }, deployment.vault));
  trust(deployment);
  await whose(deployment);
}

frame();
void begun(start());
