import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const HERE = fileURLToPath(new URL("..", import.meta.url));

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

function pack(into: string): Packed {
  const json = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", into], {
    cwd: HERE,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const told = JSON.parse(json) as Packed[] | Record<string, Packed>;
  return (Array.isArray(told) ? told[0] : Object.values(told)[0]) as Packed;
}

test("what is published is the build, its types and its licence, and works from another folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "coffer-pack-"));
  try {
    const packed = pack(folder);
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json", "dist/index.js"]));
    const unlocks = (await import(pathToFileURL(join(HERE, "dist/passkey/index.js")).href)) as object;
    expect(Object.keys(unlocks)).toEqual(expect.arrayContaining(["Passkeys", "PASSKEY_SLOTS"]));
    for (const path of paths) {
      // No tests, no sources, no maps that name somebody's folders.
      expect(path).toMatch(/^(LICENSE|README\.md|package\.json|dist\/[a-z0-9/-]+\.(js|d\.ts))$/);
      expect(paths).toContain(path.replace(/\.d\.ts$/, ".js"));
    }
    execFileSync("tar", ["-xzf", join(folder, packed.filename), "-C", folder]);
    for (const path of paths) {
      const text = readFileSync(join(folder, "package", path), "utf8");
      expect([path, /sourceMappingURL|\/home\/|\/tmp\//.test(text)]).toEqual([path, false]);
    }
    const manifest = JSON.parse(readFileSync(join(folder, "package/package.json"), "utf8")) as {
      dependencies: Record<string, string>;
      exports: Record<string, Record<string, string>>;
    };
    // Exact versions: what was tested is what an app gets.
    for (const version of Object.values(manifest.dependencies)) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
    for (const targets of Object.values(manifest.exports)) {
      for (const target of Object.values(targets)) {
        expect(paths).toContain(target.slice(2));
      }
    }
    symlinkSync(join(HERE, "node_modules"), join(folder, "package/node_modules"));
    const published = (await import(pathToFileURL(join(folder, "package/dist/index.js")).href)) as object;
    expect(Object.keys(published)).toEqual(expect.arrayContaining(["VaultClient", "httpsTransport", "RecoveryCode"]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
