import type { FileEntry, Snapshot } from "@coffer/client/backup";
import { button, type Child, h } from "../view/dom.js";
import { heading } from "../view/screens.js";
import type { Files, FilesScreen } from "./files.js";
import type { Folder, Report } from "./restored.js";
import { type FilesStrings, type ReportList, sizeText } from "./strings.js";

/** What the screens of files are drawn with. */
export interface FilesView {
  readonly files: Files;
  readonly strings: FilesStrings;
  readonly language: string;
  readonly vault: string;
  readonly leave: () => void;
  /** Who is told how far the work is, in octets. */
  readonly watch: (far: (done: number) => void) => void;
}

type At<K extends FilesScreen["at"]> = Extract<FilesScreen, { at: K }>;

const LISTED_MAX = 50;
let fields = 0;

function ways(...buttons: readonly Child[]): HTMLElement {
  return h("div", { class: "ways" }, ...buttons);
}

function alert(text: string): HTMLElement {
  return h("p", { class: "alert", role: "alert" }, text);
}

function facts(...all: readonly (readonly [string, string])[]): HTMLElement {
  return h("dl", {}, ...all.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function home({ files, strings }: FilesView, kind = "plain"): HTMLElement {
  return button(strings.start, () => files.start(), kind);
}

function moment(snapshot: Snapshot, language: string): string {
  const format = { dateStyle: "long", timeStyle: "medium" } as const;
  return new Intl.DateTimeFormat(language, format).format(snapshot.time * 1000);
}

/** Names of files, not more than somebody reads. */
function named(title: string, names: readonly string[], strings: FilesStrings): HTMLElement | false {
  return (
    names.length > 0 &&
    h(
      "details",
      {},
      h("summary", {}, `${title}: ${names.length}`),
      h(
        "ul",
        {},
        ...names.slice(0, LISTED_MAX).map((name) => h("li", {}, h("code", {}, name))),
        names.length > LISTED_MAX && h("li", {}, strings.andMore(names.length - LISTED_MAX)),
      ),
    )
  );
}

/** A field that takes a whole folder. */
function folderField(label: string, means: string, chosen: (files: readonly File[]) => void): HTMLElement {
  const id = `folder-${++fields}`;
  const change = (event: Event) => chosen([...((event.target as HTMLInputElement).files ?? [])]);
  const means_ = h("p", { class: "small", id: `${id}-means` }, means);
  const input = h("input", {
    id,
    type: "file",
    webkitdirectory: true,
    multiple: true,
    "aria-describedby": means_.id,
    change,
  });
  return h("div", {}, h("p", { class: "field" }, h("label", { for: id }, label), input), means_);
}

function start(view: FilesView, { place, why }: At<"start">): Child[] {
  const { files, strings, vault, leave } = view;
  const writable = place !== undefined && place.kind !== "chosen";
  return [
    heading(strings.heading),
    why !== undefined && alert(why === "no-files" ? strings.noFiles : strings.notOneFolder),
    h("p", {}, strings.lead),
    h("p", {}, strings.place(place, vault)),
    writable && h("h2", {}, strings.backUp),
    writable && folderField(strings.choose, strings.chooseMeans, (chosen) => files.takeField(chosen)),
    writable && h("p", { class: "dropping" }, strings.drop),
    place !== undefined && h("h2", {}, strings.restore),
    place !== undefined && ways(button(strings.restore, () => void files.showSnapshots(), "primary")),
    ...elsewhere(view, place?.kind),
    ways(button(strings.leave, leave)),
  ];
}

/** Where else backups may lie. */
function elsewhere({ files, strings }: FilesView, kind: string | undefined): Child[] {
  const own = files.writesFolders
    ? [
        ways(button(strings.ownFolder, () => void files.usePicked(), kind === undefined ? "primary" : "plain")),
        h("p", { class: "small" }, strings.ownMeans),
      ]
    : [folderField(strings.ownFolderToRead, strings.noFolders, (chosen) => files.useChosen(chosen))];
  return [...own, files.hasServer && kind !== "server" && ways(button(strings.server, () => files.useServer()))];
}

function take(view: FilesView, { taken }: At<"take">): Child[] {
  const { files, strings, language } = view;
  const { facts: text } = strings;
  return [
    heading(strings.take.heading),
    facts(
      [text.folder, taken.source],
      [text.files, taken.files.toLocaleString(language)],
      [text.size, sizeText(taken.bytes, language)],
    ),
    named(strings.leftOut, taken.leftOut, strings),
    h("p", { class: "small" }, strings.take.keeps),
    ways(
      button(strings.take.go, () => void files.backUp(taken), "primary"),
      home(view),
    ),
  ];
}

function working({ files, strings, language, watch }: FilesView, { on, total }: At<"working">): Child[] {
  const bar = h("progress", { max: 1, "aria-label": strings.bar });
  const far = h("p", { class: "small" });
  if (total !== undefined) {
    watch((done) => {
      bar.value = total === 0 ? 1 : done / total;
      far.textContent = strings.far(sizeText(done, language), sizeText(total, language));
    });
  }
  return [heading(strings.working[on]), bar, far, ways(button(strings.stop, () => files.cancel()))];
}

function backedUp(view: FilesView, { snapshot, sent, leftOut }: At<"backed-up">): Child[] {
  const { files, strings, language, leave } = view;
  const { facts: text } = strings;
  return [
    heading(strings.backedUp.heading),
    h("p", { class: "good", role: "status" }, strings.backedUp.lead),
    facts(
      [text.folder, snapshot.source],
      [text.at, moment(snapshot, language)],
      [text.files, snapshot.files.toLocaleString(language)],
      [text.size, sizeText(snapshot.bytes, language)],
      [text.sent, sizeText(sent, language)],
    ),
    named(strings.leftOut, leftOut, strings),
    ways(
      home(view, "primary"),
      button(strings.open(strings.folder.heading), () => void files.open(snapshot)),
      button(strings.leave, leave),
    ),
  ];
}

function shrunk(view: FilesView, { taken }: At<"shrunk">): Child[] {
  const { files, strings } = view;
  return [
    heading(strings.shrunk.heading),
    alert(strings.shrunk.lead),
    ways(
      home(view, "primary"),
      button(strings.shrunk.allow, () => void files.backUp(taken, true), "danger"),
    ),
  ];
}

function snapshots(view: FilesView, { list, damaged }: At<"snapshots">): Child[] {
  const { files, strings, language } = view;
  return [
    heading(strings.snapshots.heading),
    damaged > 0 && alert(strings.snapshots.damaged(damaged)),
    h("p", {}, strings.snapshots.lead),
    h(
      "ol",
      { class: "files" },
      ...list.map((snapshot) =>
        h(
          "li",
          {},
          button(`${moment(snapshot, language)}: ${snapshot.source}`, () => void files.open(snapshot)),
          h("span", { class: "small" }, `${strings.facts.files}: ${snapshot.files.toLocaleString(language)}, `),
          h("span", { class: "small" }, sizeText(snapshot.bytes, language)),
        ),
      ),
    ),
    ways(home(view)),
  ];
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function folder(view: FilesView, { snapshot, folder: here, told }: At<"folder">): Child[] {
  const { files, strings, language } = view;
  const { folder: text } = strings;
  const open = (path: string) => void files.open(snapshot, path);
  const above = here.path.includes("/") ? here.path.slice(0, here.path.lastIndexOf("/")) : ".";
  return [
    heading(text.heading),
    told !== undefined && h("p", { class: "good", role: "status" }, text.saved(told)),
    here.problems > 0 && alert(text.problems),
    facts(
      [strings.facts.at, moment(snapshot, language)],
      [strings.facts.folder, here.path === "." ? `${snapshot.source} (${text.all})` : here.path],
      [strings.facts.files, here.count.toLocaleString(language)],
      [strings.facts.size, sizeText(here.bytes, language)],
    ),
    files.writesFolders
      ? ways(button(text.intoFolder, () => void files.restore(snapshot, here), "primary"))
      : h("p", {}, text.oneByOne),
    contents(view, snapshot, here),
    here.more && h("p", {}, text.more),
    ways(
      here.path !== "." && button(text.up, () => open(above)),
      button(text.others, () => void files.showSnapshots()),
      home(view),
    ),
  ];
}

function contents({ files, strings, language }: FilesView, snapshot: Snapshot, here: Folder): HTMLElement {
  const save = (file: FileEntry) =>
    button(
      strings.folder.save(lastPart(file.path.text), sizeText(file.size, language)),
      () => void files.saveFile(snapshot, here, file),
    );
  return h(
    "ul",
    { class: "files" },
    ...here.folders.map((path) =>
      h(
        "li",
        {},
        button(strings.open(lastPart(path)), () => void files.open(snapshot, path)),
      ),
    ),
    ...here.files.map((file) => h("li", {}, save(file))),
  );
}

function restored(view: FilesView, { report }: At<"restored">): Child[] {
  const { files, strings, language } = view;
  const { restored: text } = strings;
  const whole = report.failed.length + report.kept.length === 0;
  const list = (name: ReportList) => {
    const names = report[name].map((one) => (typeof one === "string" ? one : one.join(" → ")));
    return named(text.lists[name], names, strings);
  };
  return [
    heading(whole ? text.heading : text.partly),
    facts(
      [text.wrote, `${report.files.toLocaleString(language)} (${sizeText(report.bytes, language)})`],
      [text.same, report.same.toLocaleString(language)],
    ),
    ...(Object.keys(text.lists) as (ReportList & keyof Report)[]).map(list),
    h("p", { class: "small" }, text.plain),
    ways(home(view, "primary"), !whole && button(strings.folder.others, () => void files.showSnapshots())),
  ];
}

function failed(view: FilesView, { why, path = "" }: At<"failed">): Child[] {
  const { files, strings, leave } = view;
  return [
    heading(strings.failed.heading),
    alert(strings.why(why, path)),
    ways(
      button(strings.failed.again, () => void files.again(), "primary"),
      why === "breaks-off" && button(strings.failed.leaveOut(path), () => void files.leaveOut(path)),
      home(view),
      button(strings.leave, leave),
    ),
  ];
}

/** The elements of a screen, its heading first. */
export function drawFiles(view: FilesView, screen: FilesScreen): readonly Child[] {
  switch (screen.at) {
    case "start":
      return start(view, screen);
    case "take":
      return take(view, screen);
    case "working":
      return working(view, screen);
    case "backed-up":
      return backedUp(view, screen);
    case "shrunk":
      return shrunk(view, screen);
    case "snapshots":
      return snapshots(view, screen);
    case "folder":
      return folder(view, screen);
    case "restored":
      return restored(view, screen);
    case "failed":
      return failed(view, screen);
  }
}
