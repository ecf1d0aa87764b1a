import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  BackupRepository,
  type BackupSource,
  backUp,
  type Entry,
  type ObjectStore,
  Shrunk,
  type StoredObject,
  WrongKey,
} from "../src/backup/index.js";
import { BackupKey } from "../src/backup/keys.js";
import { comparePaths, escapeOctets, parseEntry, parsePath, parsePiece, parseTime } from "../src/backup/listing.js";
import { isPossibleSize, pack, padded, SealedObjects, unpack } from "../src/backup/objects.js";
import { type Bytes, hex, utf8 } from "../src/codec/bytes.js";
import { sha256 } from "../src/crypto/hash.js";
import { BackupSecret } from "../src/secret/secrets.js";

const K = BackupSecret.of(Uint8Array.from({ length: 32 }, (_, i) => i));
const MODIFIED = { seconds: 1_700_000_000, nanos: 5 };
const NOW = 1_800_000_000;

/** A store in memory that counts what is put, and tells sizes. */
class MapStore implements ObjectStore {
  readonly objects = new Map<string, Bytes>();
  puts = 0;
  tellsSizes = true;

  async get(name: string): Promise<Bytes | undefined> {
    return this.objects.get(name);
  }

  async put(name: string, content: Bytes): Promise<void> {
    this.puts++;
    this.objects.set(name, content);
  }

  async *list(prefix: string): AsyncGenerator<string | StoredObject> {
    for (const [name, { length }] of this.objects) {
      if (name.startsWith(prefix)) {
        yield this.tellsSizes ? { name, size: length } : name;
      }
    }
  }

  /** Cuts off the end of every object whose name starts so. */
  cut(prefix: string): void {
    for (const [name, content] of this.objects) {
      if (name.startsWith(prefix)) {
        this.objects.set(name, content.slice(0, -1));
      }
    }
  }
}

function file(path: string, size: number, seed = size): BackupSource {
  const content = Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed + (i >> 8)) & 0xff);
  return {
    kind: "file",
    path,
    mode: 0o640,
    modified: MODIFIED,
    content: [content.subarray(0, 7), content.subarray(7)],
  };
}

const ENTRIES: BackupSource[] = [
  { kind: "directory", path: ".", mode: 0o755, modified: MODIFIED },
  file("a", 100),
  { kind: "directory", path: "b", mode: 0o2755, modified: MODIFIED },
  file("b/empty", 0),
  file("b/großes ✓", 3_000_000),
  file("b/small", 200_000),
  { kind: "link", path: "c", target: "../a" },
];

async function read(store: ObjectStore): Promise<{ entries: Entry[]; sizes: number[]; problems: string[] }> {
  const repository = await BackupRepository.open(store, K);
  const [newest] = (await repository?.snapshots())?.snapshots ?? [];
  const problems: string[] = [];
  const entries: Entry[] = [];
  const sizes: number[] = [];
  if (repository === undefined || newest === undefined) {
    throw new Error("nothing there");
  }
  for await (const entry of repository.entries(newest, ({ sentence }) => problems.push(sentence))) {
    entries.push(entry);
    if (entry.kind === "file") {
      let size = 0;
      for await (const part of repository.content(entry)) {
        size += part.length;
      }
      sizes.push(size);
    }
  }
  return { entries, sizes, problems };
}

test("keys and names are those of docs/restore-with-age.md", () => {
  const key = new BackupKey(K);
  expect(key.identity()).toBe("AGE-SECRET-KEY-1PTY2T3TDVWZWJQSTHFF77FLU5L8VC6KUKDSZ82MNGHPDVA6QXNZQ9A7VG2");
  expect(hex(key.name("data", utf8("content")))).toBe(
    "fce79b1f068c0cc0c194b531884ab6ae18625d191e4299ac6375978d5bf5a8e6",
  );
  expect(JSON.stringify(key)).toBe('"BackupKey[redacted]"');
});

describe("a repository", () => {
  test("gives back what was backed up", async () => {
    const store = new MapStore();
    const snapshot = await backUp(store, K, "/home/user", ENTRIES, { seconds: () => NOW });
    expect(snapshot).toMatchObject({
      files: 4,
      directories: 2,
      links: 1,
      bytes: 3_200_100,
      time: NOW,
      source: "/home/user",
    });
    const { entries, sizes, problems } = await read(store);
    expect(entries.map(({ path }) => path.text)).toEqual(ENTRIES.map(({ path }) => path));
    expect(sizes).toEqual([100, 0, 3_000_000, 200_000]);
    expect(problems).toEqual([]);
    expect(entries[2]).toMatchObject({ mode: 0o2755 });
    expect(entries[1]).toMatchObject({ mode: 0o640, modified: MODIFIED });
    // Every object but the marker is sealed under K alone.
    expect(await BackupRepository.open(store, BackupSecret.generate())).toBeUndefined();
    await expect(backUp(store, BackupSecret.generate(), "x", [], { seconds: () => NOW })).rejects.toThrow(WrongKey);
  });

  test("stores nothing twice, and the newest snapshot stays the newest", async () => {
    const store = new MapStore();
    await backUp(store, K, "x", ENTRIES, { seconds: () => NOW });
    store.puts = 0;
    const again = await backUp(store, K, "x", ENTRIES, { seconds: () => NOW - 50 });
    expect(store.puts).toBe(1);
    expect(again.time).toBe(NOW + 1);
    const { snapshots } = (await (await BackupRepository.open(store, K))?.snapshots()) ?? { snapshots: [] };
    expect(snapshots.map(({ time }) => time)).toEqual([NOW + 1, NOW]);
  });

  test("relies on nothing that a prune has condemned", async () => {
    const store = new MapStore();
    await backUp(store, K, "x", ENTRIES, { seconds: () => NOW });
    const data = [...store.objects.keys()].filter((name) => name.startsWith("data/")).map((name) => name.slice(8));
    const objects = new SealedObjects(store, K);
    const list = utf8(`coffer-condemned 1\ntime 20270115T080000Z\n${data.join("\n")}\nend\n`);
    await store.put(`condemned/20270115T080000Z-${objects.mac("condemned", list)}`, await objects.seal(list));
    await backUp(store, K, "x", ENTRIES, { seconds: () => NOW + 10 });
    for (const name of data) {
      store.objects.delete(`data/${name.slice(0, 2)}/${name}`);
    }
    expect((await read(store)).sizes).toEqual([100, 0, 3_000_000, 200_000]);
  });

  test("stores anew what was cut off, and the key's object, where the store tells sizes", async () => {
    const store = new MapStore();
    await backUp(store, K, "x", ENTRIES, { seconds: () => NOW });
    const sound = new Map([...store.objects].map(([name, { length }]) => [name, length]));
    store.cut("data/");
    store.cut("key/");
    expect(await BackupRepository.open(store, K)).toBeUndefined();
    await backUp(store, K, "x", ENTRIES, { seconds: () => NOW + 10 });
    expect((await read(store)).sizes).toEqual([100, 0, 3_000_000, 200_000]);
    for (const [name, size] of sound) {
      expect([name, store.objects.get(name)?.length]).toEqual([name, size]);
    }
  });

  test("of a store that tells no sizes takes names for objects", async () => {
    const store = new MapStore();
    store.tellsSizes = false;
    await backUp(store, K, "x", ENTRIES, { seconds: () => NOW });
    store.puts = 0;
    await backUp(store, K, "x", ENTRIES, { seconds: () => NOW + 10 });
    expect(store.puts).toBe(1);
    expect((await read(store)).problems).toEqual([]);
  });

  test("takes no empty or far smaller source for the newest snapshot, unless it may shrink", async () => {
    const store = new MapStore();
    const [root] = ENTRIES as [BackupSource];
    const at = (seconds: number) => ({ seconds: () => NOW + seconds });
    const snapshots = () => [...store.objects.keys()].filter((name) => name.startsWith("snapshots/")).length;
    for (const empty of [[], [root]]) {
      await expect(backUp(store, K, "x", empty, at(0))).rejects.toThrow(Shrunk);
    }
    await backUp(store, K, "x", ENTRIES, at(0));
    const smaller = ENTRIES.filter(({ path }) => path !== "b/gro\u00dfes \u2713");
    const fewer = ENTRIES.filter(
      ({ path }) => path === "." || path.startsWith("b") === (path === "b/gro\u00dfes \u2713"),
    );
    await backUp(store, K, "another source", smaller, at(1));
    await expect(backUp(store, K, "x", smaller, at(2))).rejects.toThrow("held 4 and 3200100");
    await expect(backUp(store, K, "x", [root], at(3))).rejects.toThrow(Shrunk);
    expect(snapshots()).toBe(2);
    // Half of the files are enough.
    expect(await backUp(store, K, "x", fewer, at(4))).toMatchObject({ files: 2 });
    await expect(backUp(store, K, "x", fewer.slice(-1), at(5))).rejects.toThrow(Shrunk);
    expect(await backUp(store, K, "x", [root], { ...at(6), allowShrink: true })).toMatchObject({ files: 0 });
    expect(snapshots()).toBe(4);
  });

  test("takes no snapshot where it failed, nor one that a prune may have overtaken", async () => {
    const store = new MapStore();
    const badOrder = [...ENTRIES].reverse();
    await expect(backUp(store, K, "x", badOrder, { seconds: () => NOW })).rejects.toThrow("ascend");
    await expect(backUp(store, K, "x", [file("../up", 1)], { seconds: () => NOW })).rejects.toThrow("relative");
    let now = NOW;
    await expect(backUp(store, K, "x", ENTRIES, { seconds: () => (now += 50_000) })).rejects.toThrow("again");
    expect([...store.objects.keys()].some((name) => name.startsWith("snapshots/"))).toBe(false);
  });
});

/** A repository with one snapshot, whose text goes around the piece that is its list. */
async function repositoryOf(list: string, snapshot: (piece: string) => string): Promise<MapStore> {
  const store = new MapStore();
  const objects = new SealedObjects(store, K);
  const put = async (kind: "data" | "snapshot" | "key", path: (mac: string) => string, text: string) => {
    const mac = objects.mac(kind, utf8(text));
    await store.put(path(mac), await objects.seal(utf8(text)));
    return mac;
  };
  await put("key", (mac) => `key/${mac}`, "coffer-backup 1\n");
  await put("data", (mac) => `data/${mac.slice(0, 2)}/${mac}`, "content");
  const mac = await put("data", (name) => `data/${name.slice(0, 2)}/${name}`, list);
  const text = snapshot(`p\t${mac}\t0\t${utf8(list).length}`);
  await put("snapshot", (name) => `snapshots/20300102T030405Z-${name}`, text);
  return store;
}

describe("what the Java program writes", () => {
  const OBJECT = hex(new BackupKey(K).name("data", utf8("content")));
  const HASH = hex(sha256(utf8("content")));
  const COUNTS = "time 20300102T030405Z\nsource /home/user\nfiles 2\ndirectories 2\nlinks 1\nbytes 7\nproblems 1\n";
  const FILE = `f\t4755\t1.000000000\t7\t${HASH}\t1-2.3:4\tb/file`;
  const LIST = [
    "d\t0755\t-2.750000000\t-\t-\t-\t.",
    "a\towner\t1000:4294967294",
    "n\t-\t-\t-\t-\tSPECIAL\ta socket",
    "d\t2755\t1.000000000\t-\t-\t-\tb",
    FILE,
    "a\towner\t0:0",
    "a\tuser.gr\u00fc\u00dfe\tx00ff",
    "a\tuser.empty\tx",
    "a\tof a later version\t?",
    `p\t${OBJECT}\t0\t7`,
    "n\t-\t-\t-\t-\tGREW\tb/file",
    `h\t-\t-\t7\t${HASH}\tb/file\tb/other name`,
    "n\t-\t-\t-\t-\tA_LATER_REASON\tc",
    "l\t-\t-\t-\t-\tb\td",
    "a\towner\t5:6",
    "",
  ].join("\n");
  const second = (more: string) => (piece: string) => `coffer-snapshot 2\n${COUNTS}${more}${piece}\nend\n`;

  test("today is read: owners, attributes, set-id bits, other names, and what it left out", async () => {
    const store = await repositoryOf(LIST, second("omitted 3\nchecked ab12\nof-a-later-version yes\n"));
    const repository = await BackupRepository.open(store, K);
    const { snapshots, damaged } = (await repository?.snapshots()) ?? {};
    expect(damaged).toEqual([]);
    expect(snapshots).toMatchObject([{ files: 2, links: 1, problems: 1, omitted: 3, checked: "ab12" }]);
    const { entries, sizes, problems } = await read(store);
    expect(problems).toEqual([]);
    const nothing = { owner: undefined, extended: new Map() };
    const file = {
      kind: "file",
      mode: 0o4755,
      size: 7,
      attributes: {
        owner: { user: 0, group: 0 },
        extended: new Map([
          ["user.gr\u00fc\u00dfe", Uint8Array.of(0, 255)],
          ["user.empty", new Uint8Array(0)],
        ]),
      },
    };
    expect(entries.map(({ path, ...rest }) => ({ path: path.text, ...rest }))).toMatchObject([
      { path: ".", mode: 0o755, attributes: { owner: { user: 1000, group: 4294967294 } } },
      { path: "a socket", kind: "omitted", reason: "SPECIAL", sentence: expect.stringContaining("was not backed up") },
      { path: "b", mode: 0o2755, attributes: nothing },
      { path: "b/file", ...file },
      { path: "b/file", kind: "omitted", reason: "GREW", sentence: expect.stringContaining("changed while") },
      { path: "b/other name", ...file, firstName: { text: "b/file" } },
      { path: "c", kind: "omitted", reason: "UNSUPPORTED" },
      { path: "d", kind: "link", attributes: { owner: { user: 5, group: 6 } } },
    ]);
    expect(sizes).toEqual([7, 7]);
  });

  test("and wrote in the first format is read", async () => {
    const list = `${FILE}\np\t${OBJECT}\t0\t7\n`;
    const first = (piece: string) => `coffer-snapshot 1\n${COUNTS}${piece}\nend\n`;
    const { entries, sizes, problems } = await read(await repositoryOf(list, first));
    expect([entries.length, sizes, problems]).toEqual([1, [7], []]);
  });

  test("is refused in any other format", async () => {
    for (const wrong of [
      (piece: string) => second("omitted 0\n")(piece).replace("snapshot 2", "snapshot 3"),
      (piece: string) => `coffer-snapshot 1\n${COUNTS}omitted 0\n${piece}\nend\n`,
      (piece: string) => second("omitted 0\n")(`${piece}\nomitted 0`),
    ]) {
      await expect(read(await repositoryOf(LIST, wrong))).rejects.toThrow("nothing there");
    }
  });

  test("a name whose file is not in the list, or is another, is told and left out", async () => {
    const name = (size: number, target: string) => `h\t-\t-\t${size}\t${HASH}\t${target}\tz\n`;
    const file = `${FILE}\np\t${OBJECT}\t0\t7\n`;
    for (const list of [file + name(7, "b"), file + name(6, "b/file"), file.replace(/p.*/, "") + name(7, "b/file")]) {
      const { entries, problems } = await read(await repositoryOf(list, second("")));
      expect(entries.some(({ path }) => path.text === "z")).toBe(false);
      expect(problems.some((sentence) => sentence.startsWith("z is left out"))).toBe(true);
    }
  });
});

describe("gzip", () => {
  test("is what every gunzip reads, padded to one of few lengths", async () => {
    for (const size of [0, 1, 300, 70_000]) {
      const content = Uint8Array.from({ length: size }, (_, i) => (i * i) & 0xff);
      const file = await pack(content);
      expect(new Uint8Array(gunzipSync(file))).toEqual(content);
      expect(await unpack(file)).toEqual(content);
      expect(padded(file.length)).toBe(file.length);
    }
    expect([1, 256, 257, 1000, 100_000].map(padded)).toEqual([256, 256, 272, 1024, 100_352]);
  });

  test("refuses two members, damage, and more than an object may hold", async () => {
    const one = await pack(utf8("content"));
    expect(await unpack(new Uint8Array([...one, ...one]))).toBeUndefined();
    expect(await unpack(one.slice(0, -1))).toBeUndefined();
    expect(await unpack(one.map((octet, at) => (at === one.length - 6 ? octet ^ 1 : octet)))).toBeUndefined();
    expect(await unpack(await pack(new Uint8Array((4 << 20) + 1)))).toBeUndefined();
    expect(await unpack(await pack(new Uint8Array(4 << 20)))).toHaveLength(4 << 20);
  });
});

test("the sizes of whole objects are few, and those of objects that were cut are hardly among them", async () => {
  const objects = new SealedObjects(new MapStore(), K);
  for (const size of [0, 300, 65_000, 70_000, 1 << 20]) {
    const content = Uint8Array.from({ length: size }, (_, i) => (i * i * 31 + (i >> 3)) & 0xff);
    const { length } = await objects.seal(content);
    const cuts = [0, 1, 100, 200, length - 1, length + 1, length - 100];
    expect([size, isPossibleSize(length), cuts.filter(isPossibleSize)]).toEqual([size, true, []]);
  }
  expect([-1, 439, 440, 441].map(isPossibleSize)).toEqual([false, false, false, false]);
  expect([184 + 16 + 256, 184 + 16 + 272, 184 + 16 + 257].map(isPossibleSize)).toEqual([true, true, false]);
  expect(isPossibleSize(1e12)).toBe(false);
});

describe("file lists", () => {
  test("refuse paths that lead anywhere else, and every second spelling", () => {
    for (const bad of [
      "",
      "/a",
      "a/",
      "a//b",
      ".",
      "./a",
      "a/./b",
      "..",
      "../a",
      "a/..",
      "a\\0000b",
      "\\0141",
      "a\\b",
      "a\\0400",
    ]) {
      expect([bad, parsePath(bad) === undefined || bad === "."]).toEqual([bad, true]);
    }
    expect(parsePath("a/b c/\\0011\\0134\\0377")?.octets).toEqual(new Uint8Array([...utf8("a/b c/"), 9, 0x5c, 0xff]));
    expect(escapeOctets(new Uint8Array([...utf8("ü✓"), 0xc3, 0x28, 0x7f]))).toBe("ü✓\\0303(\\0177");
    expect(parsePath(`${"a/".repeat(256)}b`)).toBeUndefined();
  });

  test("order a directory's content before its younger siblings", () => {
    const paths = ["a", "a/b", "a/b/c", "a b", "a-b", "b"]
      .map((text) => parsePath(text))
      .filter((path) => path !== undefined);
    expect([...paths].sort(comparePaths)).toEqual(paths);
  });

  test("refuse lines that are not of the format", () => {
    const hash = "0".repeat(64);
    const good = `f\t0644\t1.000000000\t5\t${hash}\t-\tname`;
    expect(parseEntry(good)).toMatchObject({ kind: "file", size: 5 });
    for (const bad of [
      good.replace("0644", "644"),
      good.replace("0644", "0888"),
      good.replace("1.0", "01.0x"),
      good.replace("\t5\t", "\t05\t"),
      good.replace(hash, hash.slice(1)),
      good.replace("\t-\t", "\t\t"),
      `${good}\textra`,
      good.replace("f\t", "g\t"),
    ]) {
      expect([bad, parseEntry(bad)]).toEqual([bad, undefined]);
    }
    expect(parsePiece(`p\t${hash}-3\t0\t9`)).toEqual({ object: `${hash}-3`, offset: 0, size: 9 });
    for (const bad of [`p\t${hash}-0\t0\t9`, `p\t${hash}\t0\t0`, `p\t${hash}\t1\t4194304`, `p\t${hash}\t0`]) {
      expect(parsePiece(bad)).toBeUndefined();
    }
    expect(parseTime("20300102T030405Z")).toBe(1_893_553_445);
    expect(parseTime("20300230T030405Z")).toBeUndefined();
  });
});
