import type { FilesStrings } from "./strings.js";

export const FILES_DE: FilesStrings = {
  heading: "Ihre Dateien",
  lead: "Alles wird auf diesem Gerät mit Ihrem Schlüssel verschlüsselt, bevor es die Seite verlässt.",
  place: (place, vault) =>
    place === undefined
      ? "Wählen Sie zuerst, wo Ihre Backups liegen."
      : place.kind === "server"
        ? `Ihre Backups liegen bei ${vault}.`
        : place.kind === "folder"
          ? `Ihre Backups liegen in Ihrem Ordner „${place.name}“.`
          : `Ihre Backups werden aus Ihrem Ordner „${place.name}“ gelesen; dieser Browser lässt die Seite dort nicht schreiben.`,
  ownFolder: "Backups in einem eigenen Ordner aufbewahren",
  ownFolderToRead: "Ordner mit Ihren Backups",
  ownMeans:
    "Auf einem Stick oder in einem Ordner, der abgeglichen wird: Eine Kopie auf diesem Gerät allein geht mit ihm verloren." +
    " Der Befehl coffer liest denselben Ordner.",
  noFolders:
    "Dieser Browser lässt keine Seite in Ordner schreiben. Zum Sichern nehmen Sie einen Browser auf Chromium oder den" +
    " Befehl coffer; was gesichert ist, können Sie hier zurückholen.",
  server: "Backups bei der App aufbewahren",
  backUp: "Einen Ordner sichern",
  choose: "Ordner, der gesichert wird",
  chooseMeans: "Der Browser nennt das vielleicht Hochladen. Was die Seite verlässt, ist verschlüsselt.",
  drop: "Oder ziehen Sie einen Ordner irgendwo auf diese Seite.",
  notOneFolder: "Ziehen Sie einen Ordner auf die Seite und nichts daneben: Dateien können Sie in einen legen.",
  noFiles: "In diesem Ordner ist nichts. Wählen Sie einen anderen.",
  restore: "Dateien zurückholen",
  leave: "Zurück zu Ihrem Schlüssel",
  start: "Zurück zu Ihren Dateien",
  take: {
    heading: "Das sichern?",
    go: "Sichern",
    keeps:
      "Namen, Inhalte und Zeiten bleiben. Rechte und Verweise sieht ein Browser nicht; der Befehl coffer sieht sie.",
  },
  facts: { folder: "Ordner", files: "Dateien", size: "Größe", sent: "Neu gespeichert", at: "Wann" },
  working: {
    taking: "Es wird nachgesehen, was im Ordner ist",
    "backing-up": "Es wird gesichert",
    looking: "Die Backups werden durchgesehen",
    restoring: "Dateien werden zurückgeholt",
  },
  bar: "Wie viel getan ist",
  stop: "Abbrechen",
  far: (done, total) => `${done} von ${total}`,
  backedUp: {
    heading: "Ihre Dateien sind gesichert",
    lead: "Mit Ihrem Schlüssel oder dem Code, der ihn zurückholt, bekommt jedes Gerät sie wieder.",
  },
  leftOut: "Weggelassen, weil der Browser sie nicht lesen konnte",
  shrunk: {
    heading: "Es ist viel weniger da als zuvor",
    lead:
      "Der Ordner ist leer oder hält weniger als die Hälfte seines letzten Backups, als fehlte eine Platte. Nichts wurde" +
      " geändert. Frühere Backups bleiben auf jeden Fall.",
    allow: "Das soll so sein: sichern",
  },
  snapshots: {
    heading: "Backups, die da sind, das neueste zuerst",
    lead: "Ist das neueste älter, als Sie erwarten? Dann zeigt der Ort einen alten Stand, oder ein Backup ging nicht gut aus.",
    damaged: (count) => `Backups, die beschädigt sind und hier fehlen: ${count}.`,
  },
  open: (name) => `${name} öffnen`,
  folder: {
    heading: "Was in diesem Backup ist",
    all: "Alles",
    intoFolder: "All das in einen Ordner zurückholen",
    oneByOne: "Dieser Browser lässt keine Seite in Ordner schreiben: Speichern Sie die Dateien einzeln.",
    up: "Nach oben",
    more: "Hier ist mehr, als gezeigt wird. Wer all das zurückholt, bekommt auch den Rest.",
    problems: "Teile der Liste sind beschädigt: Was dort stand, fehlt hier. Sehen Sie in ein früheres Backup.",
    save: (name, size) => `${name} speichern (${size})`,
    saved: (name) => `${name} ging an den Browser; er speichert es, wo er Heruntergeladenes speichert.`,
    others: "Andere Backups",
  },
  restored: {
    heading: "Ihre Dateien sind zurück",
    partly: "Einige Ihrer Dateien sind zurück",
    wrote: "Geschriebene Dateien",
    same: "Waren schon da, und gleich",
    lists: {
      kept: "Andere Dateien dieser Namen waren da und sind, wie sie waren: Ein leerer Ordner nimmt diese auf",
      failed: "Im Backup beschädigt oder vom Ordner abgelehnt: Versuchen Sie ein früheres Backup",
      links: "Verweise, die ein Browser nicht anlegen kann",
      omitted: "Nicht in diesem Backup, weil es sie nicht oder nicht ganz lesen konnte",
      renamed: "Unter anderem Namen, weil kein Browser den alten schreibt oder eine andere Datei ihn hat",
    },
    plain: "Zeiten und Rechte der Dateien stellt ein Browser nicht her; der Befehl coffer tut das.",
  },
  andMore: (count) => `und ${count} weitere`,
  failed: {
    heading: "Das ging nicht gut aus",
    again: "Noch einmal versuchen",
    leaveOut: (path) => `Ohne ${path} weitermachen`,
  },
  why: (why, path) =>
    ({
      offline:
        "Der Ort Ihrer Backups ist nicht zu erreichen. Prüfen Sie die Netzverbindung und versuchen Sie es noch einmal:" +
        " Was gespeichert ist, bleibt.",
      login:
        "In der App ist niemand mehr angemeldet. Melden Sie sich in einem anderen Tab an und versuchen Sie es noch einmal.",
      full: "Es ist kein Platz mehr. Schaffen Sie welchen und versuchen Sie es noch einmal: Was gespeichert ist, bleibt.",
      refused:
        "Der Ort Ihrer Backups lehnte ab oder gab kein Backup. Versuchen Sie es später, oder sagen Sie es dem, der ihn" +
        " betreibt.",
      forbidden: "Der Browser lässt die Seite nicht in diesen Ordner. Erlauben Sie es, oder wählen Sie einen anderen.",
      gone: "Der Ordner, oder etwas in ihm, ist nicht mehr da. Bringen Sie ihn zurück, oder wählen Sie einen anderen.",
      stopped: "Sie haben es abgebrochen. Was getan ist, bleibt, und ein neuer Versuch macht dort weiter.",
      "nothing-there": "Dort ist kein Backup dieses Schlüssels. Wählen Sie einen anderen Ort, oder sichern Sie zuerst.",
      "other-key":
        "Dort sind Backups eines anderen Schlüssels. Wählen Sie einen anderen Ort, oder holen Sie jenen Schlüssel.",
      "too-many":
        "Darin sind mehr Dateien, als eine Seite fasst. Nehmen Sie einen kleineren Ordner oder den Befehl coffer.",
      "breaks-off": `„${path}“ änderte sich oder war nicht bis zum Ende lesbar. Schließen Sie, was hineinschreibt.`,
      damaged: "Dieses Backup ist an der Stelle beschädigt. Versuchen Sie ein früheres.",
      "too-large": `„${path}“ ist zu groß zum Herunterladen. Holen Sie den Ordner zurück, oder nehmen Sie den Befehl coffer.`,
      broken: "Auf dieser Seite ging etwas schief. Versuchen Sie es noch einmal, oder nehmen Sie den Befehl coffer.",
    })[why],
};
