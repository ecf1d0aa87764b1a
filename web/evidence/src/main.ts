import { checkCeremony } from "./ceremony.js";
import { checkBundle, checkWholeLog, type Delivered, type PublishedLog } from "./log.js";
import { checkManifest, signer } from "./manifest.js";
import { Package } from "./package.js";
import { checkPromises } from "./promises.js";
import type { Verdict } from "./verdict.js";

/** What the page's other script holds: a package, or a log. */
declare global {
  var cofferEvidence: { readonly files: Readonly<Record<string, string>>; readonly bundle?: Delivered } | undefined;
  var cofferLog: PublishedLog | undefined;
}

function checkAll(): Verdict[] {
  if (globalThis.cofferLog !== undefined) {
    return checkWholeLog(globalThis.cofferLog);
  }
  const { files, bundle } = globalThis.cofferEvidence ?? { files: {} };
  const of = new Package(files);
  const now = BigInt(Math.floor(Date.now() / 1000));
  return [...checkManifest(of), ...checkCeremony(of), ...checkPromises(of), ...checkBundle(of, bundle, now)];
}

/** What no check here can find: who signs anew, and pages that say something else than the data. */
function limits(): string {
  if (globalThis.cofferEvidence === undefined) {
    return "Looked at: what log.js carries, and no page of this site.";
  }
  const read = "Looked at: what package.js carries, and neither the pages nor the folder package.";
  try {
    const key = signer(new Package(globalThis.cofferEvidence.files));
    return `${read} Whoever signs anew has another key: compare ${key} with the operator's, from elsewhere.`;
  } catch {
    return read;
  }
}

function element(name: string, styled: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.className = styled;
  made.textContent = text;
  return made;
}

const STYLES = { PASS: "pass", FAIL: "fail", SKIP: "skipped" } as const;

/** Beside what the publisher said of the claim. */
function show({ claim, outcome, why }: Verdict): void {
  const place = document.querySelector<HTMLElement>(`.here[data-claim="${claim}"]`);
  place?.replaceChildren(
    element("span", "by", "In this browser "),
    element("span", `mark ${STYLES[outcome]}`, outcome),
    document.createTextNode(` ${why}`),
  );
  place?.removeAttribute("hidden");
}

function summary(verdicts: readonly Verdict[]): HTMLElement {
  const of = (outcome: Verdict["outcome"]) => verdicts.filter((verdict) => verdict.outcome === outcome);
  const counts = `${of("PASS").length} PASS, ${of("FAIL").length} FAIL, ${of("SKIP").length} SKIP.`;
  const failed = of("FAIL")
    .map(({ claim }) => claim)
    .join(", ");
  const said = failed === "" ? "Nothing that was checked failed." : `FAIL: ${failed}. Do not rely on this copy.`;
  const all = `Checked in this browser: ${counts} ${said} ${limits()}`;
  return element("p", failed === "" ? "result pass" : "result fail", all);
}

const section = document.getElementById("check");
if (section !== null) {
  const button = element("button", "", "Check here, in this browser") as HTMLButtonElement;
  button.type = "button";
  const result = element("div", "", "");
  result.setAttribute("role", "status");
  button.addEventListener("click", () => {
    button.disabled = true;
    result.textContent = "Checking\u2026";
    // The word is drawn first.
    setTimeout(() => {
      const verdicts = checkAll();
      verdicts.forEach(show);
      result.replaceChildren(summary(verdicts));
      button.disabled = false;
    });
  });
  section.append(button, result);
}
