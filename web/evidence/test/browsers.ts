import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".atom": "application/atom+xml",
};

/** Stricter than what the pages ask for themselves. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

export type Kind = "chrome" | "firefox";
export type Theme = "light" | "dark";

const PLACES: Record<Kind, readonly string[]> = {
  chrome: ["/usr/bin/chromium", "/usr/bin/chromium-browser"],
  firefox: ["/usr/bin/firefox-esr", "/usr/bin/firefox"],
};

export function program(kind: Kind): string | undefined {
  return PLACES[kind].find((path) => existsSync(path));
}

/** Firefox takes its theme at the start alone. */
export async function launch(kind: Kind, theme: Theme): Promise<Browser> {
  return puppeteer.launch({
    browser: kind,
    executablePath: program(kind) as string,
    headless: true,
    args: kind === "chrome" ? ["--no-sandbox"] : [],
    extraPrefsFirefox: { "layout.css.prefers-color-scheme.content-override": theme === "dark" ? 0 : 1 },
  });
}

/** A page that remembers what it complained of and what it asked for. */
export interface Opened {
  readonly page: Page;
  readonly complaints: string[];
  readonly asked: string[];
}

export async function open(browser: Browser, width: number, theme: Theme): Promise<Opened> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warn") {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  // Firefox tells of its own data, too.
  page.on("request", (request) => !request.url().startsWith("data:") && asked.push(request.url()));
  await page.setViewport({ width, height: 800, isMobile: false });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]).catch(() => {});
  return { page, complaints, asked };
}

/** A folder as a server hands it out that trusts nobody. */
export async function serve(folder: string): Promise<{ origin: string; server: Server }> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    const file = join(folder, path === "/" ? "index.html" : path);
    const found = existsSync(file) && !path.includes("..");
    response.writeHead(found ? 200 : 404, {
      "Content-Type": TYPES[extname(file)] ?? "text/plain",
      "Content-Security-Policy": POLICY,
      "X-Content-Type-Options": "nosniff",
    });
    response.end(found ? readFileSync(file) : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, server };
}
