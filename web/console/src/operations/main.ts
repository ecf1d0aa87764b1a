import type { OperationsStrings } from "../strings/operations.js";
import { OPERATIONS_DE } from "../strings/operations-de.js";
import { OPERATIONS_EN } from "../strings/operations-en.js";
import { field, form, h } from "../view/dom.js";
import { History, readSample } from "./samples.js";
import { Room } from "./view.js";

/** The operator's page: asks for the token, keeps it in memory alone, and asks every few seconds how the fleet is. */

const EVERY_MILLIS = 5_000;
const PATIENCE_MILLIS = 10_000;
const LANGUAGE = "coffer-language";
const LANGUAGES = [OPERATIONS_EN, OPERATIONS_DE];

const main = h("main");
const rooms = h("nav");
const title = h("p", { class: "title" });
const language = h("select", { id: "language" });
const languageLabel = h("label", { for: "language" });

function spoken(tags: readonly string[]): OperationsStrings {
  const known = tags.map((tag) => LANGUAGES.find((one) => tag.toLowerCase().split("-")[0] === one.language));
  return known.find((one) => one !== undefined) ?? OPERATIONS_EN;
}

let strings = spoken([localStorage.getItem(LANGUAGE) ?? "", ...navigator.languages]);

interface Watching {
  readonly token: string;
  readonly history: History;
  readonly began: number;
  /** Since when nobody answers. */
  lost: number | undefined;
  room: Room;
}

let watching: Watching | undefined;
/** Why the form is there again. */
let problem: "wrong" | "tooOften" | "unreachable" | undefined;

function show(...elements: readonly HTMLElement[]): void {
  main.replaceChildren(...elements);
  main.querySelector("h1")?.focus();
}

function drawLogin(): void {
  const { login } = strings;
  const token = field(login.label, { secret: true, describedBy: "lead" });
  show(
    h("h1", { tabindex: -1 }, login.heading),
    ...(problem === undefined ? [] : [h("p", { class: "alert", role: "alert" }, login[problem])]),
    h("p", { id: "lead" }, login.lead),
    form(([typed = ""]) => void enter(typed.trim()), token.row, h("button", { class: "primary" }, login.go)),
  );
}

function roomOf(history: History, began: number): Room {
  return new Room({ strings, history, began, leave });
}

function redraw(): void {
  document.documentElement.lang = strings.language;
  document.title = `${strings.rooms.operations} – ${strings.title}`;
  title.textContent = strings.title;
  languageLabel.textContent = strings.switchLabel;
  language.value = strings.language;
  rooms.setAttribute("aria-label", strings.rooms.label);
  rooms.replaceChildren(
    h("a", { href: "../#you" }, strings.rooms.you),
    h("a", { href: "../#trust" }, strings.rooms.trust),
    h("a", { href: "./", "aria-current": "page" }, strings.rooms.operations),
  );
  if (watching === undefined) {
    drawLogin();
    return;
  }
  watching.room = roomOf(watching.history, watching.began);
  watching.room.fill(watching.lost);
  show(...watching.room.elements);
}

function leave(): void {
  watching = undefined;
  problem = undefined;
  drawLogin();
}

/** What is there; or why there is nothing. */
async function ask(token: string): Promise<string | "wrong" | "tooOften" | "unreachable"> {
  try {
    const response = await fetch("./state", {
      headers: { Authorization: `Bearer ${token}` },
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MILLIS),
    });
    if (response.ok) {
      return await response.text();
    }
    return response.status === 401 ? "wrong" : response.status === 429 ? "tooOften" : "unreachable";
  } catch {
    return "unreachable";
  }
}

/** Takes in one answer; says why there was none. */
async function look(token: string, history: History): Promise<typeof problem> {
  const answer = await ask(token);
  if (answer === "wrong" || answer === "tooOften" || answer === "unreachable") {
    return answer;
  }
  try {
    history.add(readSample(answer));
    return undefined;
  } catch {
    return "unreachable";
  }
}

async function enter(token: string): Promise<void> {
  const history = new History();
  // What is no header's value is no token.
  problem = /^[\x21-\x7e]{1,200}$/.test(token) ? await look(token, history) : "wrong";
  if (problem !== undefined) {
    drawLogin();
    return;
  }
  const began = history.last?.at ?? 0;
  const entered: Watching = { token, history, began, lost: undefined, room: roomOf(history, began) };
  watching = entered;
  redraw();
  void keepLooking(entered);
}

async function keepLooking(entered: Watching): Promise<void> {
  const { token, history } = entered;
  while (watching === entered) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MILLIS));
    const failed = await look(token, history);
    if (watching !== entered) {
      return;
    }
    if (failed === "wrong") {
      // Another token was made meanwhile.
      watching = undefined;
      problem = failed;
      drawLogin();
      return;
    }
    if (failed === undefined) {
      entered.lost = undefined;
    } else {
      entered.lost ??= history.last?.at;
      history.gap(EVERY_MILLIS);
    }
    entered.room.fill(entered.lost);
  }
}

language.append(...LANGUAGES.map((one) => h("option", { value: one.language, lang: one.language }, one.languageName)));
language.addEventListener("change", () => {
  localStorage.setItem(LANGUAGE, language.value);
  strings = spoken([language.value]);
  redraw();
  language.focus();
});
document.body.replaceChildren(h("header", {}, title, h("div", {}, languageLabel, language), rooms), main);
redraw();
