import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect } from "vitest";
import type { Site } from "../../client/test/browser/site.js";

export const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What is serious on a page that has axe; runs in the page. */
export async function seriousOnes(): Promise<string[]> {
  const { axe } = globalThis as unknown as {
    axe: { run(options: object): Promise<{ violations: { id: string; impact: string }[] }> };
  };
  const { violations } = await axe.run({ preload: false });
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id);
}

/** That axe-core finds nothing serious on what the page shows. */
export async function nothingSerious(page: Awaited<ReturnType<Site["open"]>>): Promise<void> {
  await page.evaluate(`if (!("axe" in globalThis)) { ${AXE} }`);
  expect(await page.evaluate(seriousOnes)).toEqual([]);
}
