import type { FilesStrings } from "./strings.js";

export const FILES_EN: FilesStrings = {
  heading: "Your files",
  lead: "Everything is encrypted with your key on this device before it leaves the page.",
  place: (place, vault) =>
    place === undefined
      ? "Choose first where your backups lie."
      : place.kind === "server"
        ? `Your backups lie with ${vault}.`
        : place.kind === "folder"
          ? `Your backups lie in your folder “${place.name}”.`
          : `Your backups are read from your folder “${place.name}”; this browser does not let the page write there.`,
  ownFolder: "Keep backups in a folder of mine",
  ownFolderToRead: "Folder with your backups",
  ownMeans:
    "On a stick, or a folder that is synchronised: a copy on this device alone is lost with it. The coffer command reads" +
    " the same folder.",
  noFolders:
    "This browser lets no page write into folders. To back up, use a browser on Chromium, or the coffer command;" +
    " what was backed up can be got back here.",
  server: "Keep backups with the app",
  backUp: "Back up a folder",
  choose: "Folder to back up",
  chooseMeans: "The browser may call this an upload. What leaves the page is encrypted.",
  drop: "Or drop a folder anywhere on this page.",
  notOneFolder: "Drop one folder, and nothing beside it: files can be put into one.",
  noFiles: "Nothing is in that folder. Choose another one.",
  restore: "Get files back",
  leave: "Back to your key",
  start: "Back to your files",
  take: {
    heading: "Back this up?",
    go: "Back it up",
    keeps: "Names, contents and times are kept. A browser does not see permissions and links; the coffer command does.",
  },
  facts: { folder: "Folder", files: "Files", size: "Size", sent: "Stored anew", at: "When" },
  working: {
    taking: "Looking what is in the folder",
    "backing-up": "Backing up",
    looking: "Looking into the backups",
    restoring: "Getting files back",
  },
  bar: "How much is done",
  stop: "Stop",
  far: (done, total) => `${done} of ${total}`,
  backedUp: {
    heading: "Your files are backed up",
    lead: "With your key, or the code that brings it back, any device gets them again.",
  },
  leftOut: "Left out, because the browser could not read them",
  shrunk: {
    heading: "Far less is there than before",
    lead:
      "The folder is empty, or holds less than half of what its last backup holds, as if a disk were missing. Nothing was" +
      " changed. Earlier backups stay in any case.",
    allow: "It is meant to be so: back it up",
  },
  snapshots: {
    heading: "Backups that are there, the newest first",
    lead: "Is the newest older than you expect? Then a place shows an old state, or a backup did not end well.",
    damaged: (count) => `Backups that are damaged and cannot be listed: ${count}.`,
  },
  open: (name) => `Open ${name}`,
  folder: {
    heading: "What is in this backup",
    all: "Everything",
    intoFolder: "Get all of this back into a folder",
    oneByOne: "This browser lets no page write into folders: save the files one by one.",
    up: "Up",
    more: "More is in here than is shown. Getting all of it back brings the rest as well.",
    problems: "Parts of this backup's list are damaged: what stood there is missing here. Look into an earlier backup.",
    save: (name, size) => `Save ${name} (${size})`,
    saved: (name) => `${name} was handed to the browser, which saves it where it saves downloads.`,
    others: "Other backups",
  },
  restored: {
    heading: "Your files are back",
    partly: "Some of your files are back",
    wrote: "Files written",
    same: "Were there already, the same",
    lists: {
      kept: "Other files of these names were there and are as they were: restore into an empty folder to get these",
      failed: "Damaged in the backup, or refused by the folder: try an earlier backup",
      links: "Links, which a browser cannot make",
      omitted: "Not in this backup, because it could not read them, or not whole",
      renamed: "Under another name, because no browser writes the old one, or another file has it",
    },
    plain: "Times and permissions of files are not restored by a browser; the coffer command does that.",
  },
  andMore: (count) => `and ${count} more`,
  failed: {
    heading: "That did not end well",
    again: "Try again",
    leaveOut: (path) => `Go on without ${path}`,
  },
  why: (why, path) =>
    ({
      offline:
        "The place of your backups cannot be reached. Look to the network, then try again: what was stored stays.",
      login: "Nobody is logged in to the app any more. Log in to it in another tab, then try again.",
      full: "There is no space left. Make some, then try again: what was stored stays.",
      refused: "The place of your backups refused, or gave no backup. Try again later, or tell whoever runs it.",
      forbidden:
        "The browser does not let the page into that folder. Try again and allow it, or choose another folder.",
      gone: "That folder, or something in it, is not there any more. Put it back, then try again, or choose another one.",
      stopped: "You stopped it. What was done stays, and trying again goes on from there.",
      "nothing-there": "No backup of this key is there. Choose another place, or back up first.",
      "other-key": "Backups of another key are there. Choose another place, or get that key back.",
      "too-many": "More files are in there than a page can hold. Take a smaller folder, or use the coffer command.",
      "breaks-off": `“${path}” changed, or could not be read to its end. Close what writes it, then try again.`,
      damaged: "This backup is damaged at that place. Try an earlier one.",
      "too-large": `“${path}” is too large for a download. Get its folder back, or use the coffer command.`,
      broken: "Something went wrong on this page. Try again, or use the coffer command.",
    })[why],
};
