import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkCeremony } from "../src/ceremony.js";
import { Package } from "../src/package.js";
import { parsePlan } from "../src/plan.js";

/** What evidence's SiteTest wrote. */
const SAMPLE = fileURLToPath(new URL("../../../evidence/target/sample-site", import.meta.url));
const scripts = readdirSync(SAMPLE, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith("package.js"),
);

function files(script: string): Record<string, string> {
  const text = readFileSync(join(SAMPLE, script), "utf8");
  return JSON.parse(/"files":(\{[^}]*\})/.exec(text)?.[1] as string);
}

/** What comes of a package whose plan says something else. */
function outcomes(script: string, edit: (plan: string) => string): Record<string, string> {
  const sound = files(script);
  const plan = Buffer.from(sound["ceremony/plan.txt"] as string, "base64").toString("latin1");
  const edited = edit(plan);
  const changed = { ...sound, "ceremony/plan.txt": Buffer.from(edited, "latin1").toString("base64") };
  return Object.fromEntries(checkCeremony(new Package(changed)).map(({ claim, outcome }) => [claim, outcome]));
}

describe.each(scripts)("%s", (script) => {
  const plan = Buffer.from(files(script)["ceremony/plan.txt"] as string, "base64").toString("latin1");
  const person = /^participant person-1 (.*)\n/m.exec(plan) as RegExpExecArray;

  test("its plan is one, and its ceremony holds", () => {
    expect(parsePlan(plan).needed).toBe(2);
    expect(parsePlan(plan).participants.map(({ name }) => name)).toEqual(["person-1", "person-2", "person-3"]);
    expect(new Set(Object.values(outcomes(script, (text) => text)))).toEqual(new Set(["PASS"]));
  });

  // Java refuses each: PlanSettingsTest, and what Plan.parse writes again.
  const lies: [string, (text: string) => string][] = [
    ["nobody has to sign", (text) => text.replace("signatures-needed 2", "signatures-needed ")],
    ["none has to sign", (text) => text.replace("signatures-needed 2", "signatures-needed 0")],
    ["a minority has to sign", (text) => text.replace("signatures-needed 2", "signatures-needed 1")],
    ["more than there are have to sign", (text) => text.replace("signatures-needed 2", "signatures-needed 4")],
    ["a number of another form", (text) => text.replace("signatures-needed 2", "signatures-needed 02")],
    ["no word of who has to sign", (text) => text.replace("signatures-needed 2\n", "")],
    ["two words of it", (text) => `${text}signatures-needed 2\n`],
    ["one key under two names", (text) => text.replace(person[0], `${person[0]}participant person-4 ${person[1]}\n`)],
    ["one name with two keys", (text) => text.replace("participant person-2 ", "participant person-1 ")],
    ["a participant fewer than sites", (text) => text.replace(person[0], "")],
    ["a key that is none", (text) => text.replace(/ssh-ed25519 AAAA/, "ssh-ed25519 BAAA")],
    ["a key of a kind that does not count", (text) => text.replace("ssh-ed25519 AAAA", "ssh-rsa AAAA")],
    ["a blank more", (text) => text.replace("participant person-1 ", "participant  person-1 ")],
    ["a site fewer", (text) => text.replace(/site 3 .*\n/, "")],
    ["two sites of one name", (text) => text.replace(" town-2 ", " town-1 ")],
    ["lines in another order", (text) => text.replace(/(hsms .*\n)(threshold .*\n)/, "$2$1")],
    ["a threshold that does not fit", (text) => text.replace("threshold 2", "threshold 1")],
    ["no login issuer", (text) => text.replace(/tenant .*\n/g, "")],
  ];
  test.each(lies)("%s: who signed is not believed", (_, edit) => {
    expect(edit(plan)).not.toBe(plan);
    expect(() => parsePlan(edit(plan))).toThrow();
    expect(outcomes(script, edit)["ceremony-signatures"]).toBe("FAIL");
  });

  test("a fleet with other settings than the plan's is not its fleet", () => {
    for (const [from, to] of [
      ["guess-limit 10", "guess-limit 9"],
      ["replace-by-login yes", "replace-by-login no"],
      ["capture-quorum 2", "capture-quorum 3"],
    ] as const) {
      expect(outcomes(script, (text) => text.replace(from, to))["ceremony-fleet"], from).toBe("FAIL");
    }
  });
});
