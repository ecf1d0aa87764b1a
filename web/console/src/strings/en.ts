import type { Strings } from "./strings.js";
import { TRUST_EN } from "./trust-en.js";

/** How calls end, the client says itself. */
export const EN: Strings = {
  language: "en",
  languageName: "English",
  switchLabel: "Language",
  title: "Your backup key",
  simulated:
    "This is a development vault: its HSMs are simulated, and whoever reads this page's files logs in as anybody. It" +
    " protects nothing.",
  rooms: { label: "Rooms", you: "You", trust: "Trust", operations: "Operations" },
  trust: TRUST_EN,
  reload: "Load the page again",
  files: "Your files: back up, get back",
  filesUnloaded: "This part of the page could not be loaded. Look to the network, then try again.",
  account: {
    heading: "Whose backup is it?",
    lead: "A development vault takes any name.",
    label: "Account",
    go: "Go on",
  },
  noLogin: {
    heading: "Log in first",
    lead: "Nobody is logged in to the app here. Log in to the app in this browser, then come back.",
    again: "I have logged in",
  },
  badDeployment: {
    heading: "This page does not know its vault",
    lead: "Tell whoever runs it. Your code and your 64-digit key stay good. What is wrong:",
  },
  home: {
    heading: "What would you like to do?",
    lead:
      "A short code that you remember brings your backup key back on any device. Tamper-resistant machines count the" +
      " guesses, so that nobody can try them all.",
    turnOn: "Turn protection on",
    recover: "Get my key back with the code",
    key: "Use the 64-digit key from paper",
  },
  vault: {
    summary: "About this vault",
    asking: "Asking the vault.",
    fleet: "Fleet",
    hsms: "Machines",
    models: "Kind",
    guesses: "Most guesses that it allows",
    witnesses: "Witnesses of its public log",
    seen: "have seen it lately, or none are asked for",
    stale: "have not seen it lately",
    quorum: (n, q) => `${n}, of which ${q} sign each answer`,
  },
  choose: {
    heading: "Choose a recovery code",
    changeHeading: "Choose another recovery code",
    lead: "At least 6 characters: a PIN, words, or both. Choose one that you will still know in a year.",
    code: "Recovery code",
    again: "The same code again",
    show: "Show what I type",
    submit: "Turn protection on",
    notTheSame: "The two are not the same. Type both again.",
    strength: ({ word, because }) =>
      because !== undefined
        ? `Weak: it ${EN.weaknesses[because]}.`
        : word === "strong"
          ? "Strong if it was drawn at random: then even broken machines would leave years of search. A quotation is not."
          : "Fair: good as long as the machines count guesses. Longer is better: four words that do not belong together.",
    unknowing:
      "Compared on this device, with the 25,000 commonest codes. What those who know you would guess, the page does not" +
      " know: a pet's name looks fair to it and is not.",
    unlisted: "The list of common codes could not be loaded: a word that many choose looks fair here and is not.",
  },
  weaknesses: {
    "one-character": "repeats one character",
    counts: "counts up or down",
    "one-piece": "repeats one piece",
    date: "is a date",
    keyboard: "follows the keys of a keyboard",
    name: "holds the account's name",
    common: "is among the first that a thief tries",
  },
  replace: {
    heading: "Replace the code that is there?",
    lead: "The key behind it is lost then, and what it protects opens with its 64-digit key alone. This cannot be undone.",
    go: "Replace it, and lose what it opens",
  },
  working: {
    enrolment: "Turning protection on",
    recovery: "Getting your key back",
    passkey: "Working with your passkey",
    practice: "Checking the code on this device",
    unlocks: "Asking which unlocks there are",
    cancel: "Stop",
    bar: "How far the work on this device is",
    step: ({ step }) =>
      ({
        "finding-the-vault": "Looking for the vault, and verifying who it is.",
        asking: "Asking the vault.",
        stretching: "Working on the code on this device.",
        waiting: "The vault cannot answer now. Waiting, then asking again: that costs no guess.",
      })[step],
  },
  code: {
    heading: "Type your recovery code",
    lead: "Each wrong code is counted. What cannot be a code is not sent.",
    wrongHeading: "That was not the code",
    label: "Recovery code",
    submit: "Get my key back",
  },
  key: {
    heading: "Type the 64-digit key",
    lead: "Eight groups of eight digits, and the check of eight pairs below them. It stays on this device.",
    label: "64-digit key and check",
    submit: "Use this key",
    shownHeading: "Your 64-digit key",
    shownLead:
      "Write it on paper, with the check. Whoever has it needs neither code nor vault. Keep it where you keep what" +
      " matters; make no photograph.",
    check: "Check",
    qr: "The printed sheet has it as a QR code as well, key and check together.",
    print: "Print",
    written: "I have written it down",
    confirmHeading: "Three groups from your paper",
    confirmLead: "Type them from the paper, so that you know it can be read.",
    group: (number) => `Group ${number}`,
    confirm: "Compare",
    differ: "At least one group is another one. Look at the paper, then at the key again.",
    look: "Show the key again",
  },
  unlocked: {
    headings: {
      enrolled: "Protection is on",
      recovered: "Your key is back",
      key: "Your key is here",
    },
    leads: {
      enrolled: "Your code is registered. Write down the 64-digit key as well: it helps where the code is forgotten.",
      recovered: "It is on this page until you lock or close it.",
      key: "It is on this page until you lock or close it.",
    },
    confirmed: "What you wrote down is right.",
    showKey: "Write down the 64-digit key",
    change: "Set another code for this key",
    lock: "Lock",
    history: "What happened to this account, oldest first",
    kinds: {
      registered: "A code was registered",
      replaced: "The code was replaced by someone with the key",
      "replaced-without-proof": "The code was replaced with the login alone",
      attempt: "Someone tried a code",
      success: "The right code was given",
      exhausted: "The guesses were used up",
      deleted: "The registration was deleted",
      refused: "Something was refused: a wrong code, or what did not fit",
    },
    stale: "Witnesses have not looked at the vault's public log lately. If that goes on, recoveries will be refused.",
    suspects: (indices) => `Answers of machine ${indices.join(", ")} did not fit: tell the vault's operator.`,
  },
  practise: {
    wish: "Let me practise this code on this device",
    wishMeans:
      "Then this device can tell whether you still know it, at no cost of a guess. Whoever reads this device's storage" +
      " can try codes against it as well, and nobody counts those: leave it off for a short code.",
    go: "Practise the code",
    remind: (last, long) =>
      `You last typed your code here on ${last}. ${long ? "That is a while ago: do you still know it?" : "Practising costs no guess."}`,
    heading: "Do you still know your code?",
    lead: "This device alone checks it. Nothing is sent, and no guess is used: try as often as you like.",
    label: "Recovery code",
    submit: "Check it",
    right: (since) =>
      `That is the code that was right on ${since}. Whether it was changed elsewhere since then, only the vault knows.`,
    wrong: (since) => `That is not the code that was right on ${since}. No guess was used.`,
    forget: "Stop practising on this device",
    notErased:
      "This device did not erase what it checks the code against: it is still there. Try again," +
      " or clear this site's data in the browser.",
  },
  unlocks: {
    manage: "What opens this key",
    heading: "What opens this key",
    lead: "When something was last used, this device alone knows, of itself.",
    code: "Recovery code",
    live: "registered with the vault",
    gone: "not registered with the vault: set one",
    unknown: "the vault could not be asked",
    paper: "64-digit key",
    paperIs: "opens it always, without vault and login, if you have written it down",
    passkeys: "Passkeys",
    passkeysUnread: "could not be listed",
    passkeysAre: (names) => (names.length === 0 ? "none" : names.join(", ")),
    used: (last) => (last === undefined ? "never used on this device" : `last used on this device on ${last}`),
  },
  passkeys: {
    manage: "Passkeys",
    heading: "Passkeys that open your key",
    lead: "A passkey opens your key without a code, by this device's PIN, finger or face. The code stays as well.",
    label: "What you call the new one",
    add: "Set up a passkey",
    finish: "Finish setting it up",
    nameless: "A passkey whose name this key cannot read",
    rename: (name) => `Rename ${name}`,
    newName: (name) => `Another name for ${name}`,
    saveName: "Save the name",
    revoke: (name) => `Revoke ${name}`,
    touchHeading: "Once more",
    touchLead: "The passkey counts once it gives the same secret twice.",
    touch: "Ask the passkey again",
  },
  failed: {
    enrolment: "Protection is not on yet",
    recovery: "Your key is not back yet",
    broken: "Something went wrong on this page",
  },
  brokenLead: "This is a defect of the page, not of your code. Load the page again, or use another way.",
  ways: {
    "same-again": "Try again with the same code",
    "type-code": "Get the key back with the code",
    passkey: "Use a passkey",
    "type-key": "Use the 64-digit key",
    "turn-on": "Turn protection on anew",
    replace: "Replace the code by login",
    home: "Back to the start",
  },
  recovered: ({ whatToDoNext }) => whatToDoNext,
  wrongCode: ({ whatToDoNext }) => whatToDoNext,
  recoveryEnd: ({ whatToDoNext }) => whatToDoNext,
  enrolmentEnd: ({ whatToDoNext }) => whatToDoNext,
  unlockEnd: ({ whatToDoNext }) => whatToDoNext,
  passkeyEnd: ({ whatToDoNext }) => whatToDoNext,
  unacceptable: ({ whatToDoNext }) => whatToDoNext,
  unreadable: ({ whatToDoNext }) => whatToDoNext,
};
