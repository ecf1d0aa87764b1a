import type { Kind } from "../operations/samples.js";
import type { OperationsStrings } from "./operations.js";

const KINDS: Readonly<Record<Kind, string>> = { NODE: "Knoten", LOG: "Protokoll", WITNESS: "Zeuge", NOTARY: "Notar" };

export const OPERATIONS_DE: OperationsStrings = {
  language: "de",
  languageName: "Deutsch",
  switchLabel: "Sprache",
  title: "Coffer",
  rooms: { label: "Räume", you: "Sie", trust: "Vertrauen", operations: "Betrieb" },
  login: {
    heading: "Betrieb: Anmelden",
    lead:
      "Dieser Raum zeigt, wie es der Flotte geht. Ihn öffnet das Token des Betreibers; es liegt in der Datei" +
      " operator.token im Verzeichnis der Flotte. Die Seite behält es nur im Speicher, bis sie geschlossen wird.",
    label: "Token des Betreibers",
    go: "Anmelden",
    wrong: "Das ist nicht das Token des Betreibers. Kopieren Sie die ganze Zeile der Datei operator.token.",
    tooOften: "Es waren zu viele falsche Token. Warten Sie eine Minute, und versuchen Sie es wieder.",
    unreachable: "Hier antwortet niemand. Läuft coffer operations? Starten Sie es, und versuchen Sie es wieder.",
  },
  heading: "Wie es der Flotte geht",
  lead: "Alle fünf Sekunden neu gefragt. Die Kurven beginnen mit dieser Seite und enden mit ihr.",
  leave: "Abmelden",
  told: (when) => `Stand ${when}.`,
  lost: (since) => `Keine Antwort von coffer operations seit ${since}. Was hier steht, ist von da. Läuft es noch?`,
  party: ({ kind, name }) => `${KINDS[kind]}${name === "" ? "" : ` ${name}`}`,
  silent: (party, since, ever) =>
    ever
      ? `Keine Antwort von ${party} seit ${since}.`
      : `Keine Antwort von ${party}, seit diese Seite um ${since} begann.`,
  odd: (party, why) => `Was ${party} antwortet, sind keine Zähler${why === "" ? "" : `: ${why}`}.`,
  unwatched: (party) =>
    `Niemand hat gesagt, wo die Zähler von ${party} sind: Starten Sie coffer operations mit dieser Adresse.`,
  unknown: "unbekannt",
  yes: "ja",
  no: "nein",
  alerts: {
    heading: "Alarme",
    lead: "Jede Regel der Anleitung docs/operations.md, beurteilt nach dem, was alle gesagt haben.",
    none: (unknown) =>
      unknown === 0
        ? "Kein Alarm."
        : `Kein Alarm, aber ${unknown === 1 ? "eine Regel lässt" : `${unknown} Regeln lassen`} sich nicht beurteilen.`,
    some: (count) => (count === 1 ? "Ein Alarm." : `${count} Alarme.`),
    states: { fires: "Alarm", unknown: "nicht zu beurteilen", quiet: "ruhig" },
    runbook: "Anleitung: docs/operations.md,",
    names: {
      "none-serves": "Kein Knoten bedient",
      silent: "Jemand antwortet nicht",
      fork: "Von zwei Vergangenheiten war zu hören",
      stopped: "Ein Knoten steht still",
      serving: "Ein Knoten bedient nicht",
      certificate: "Ein TLS-Zertifikat endet binnen 30 Tagen",
      "bundle-ends": "Clients lehnen den Tresor binnen fünf Tagen ab",
      "bundle-cosigned": "Zeugen haben seit zwei Tagen nicht hingesehen",
      "bundle-refused": "Ein Knoten bekam eine Beschreibung, die kein Client annimmt",
      "log-halted": "Das Protokoll hat sich angehalten",
      "log-behind": "Die neuesten Einträge des Protokolls sind nicht veröffentlicht",
      "log-checkpoint": "Der Stand des Protokolls ist älter als zwei Tage",
      "log-witness": "Ein Zeuge unterschreibt nicht mit",
      "witness-idle": "Ein Zeuge wurde zwei Tage nicht gefragt",
      "notary-halted": "Der Notar hat sich angehalten",
      "notary-observed": "Der Notar hat das Protokoll länger nicht in Ordnung gesehen",
      errors: "Ein Server antwortet mit Fehlern",
    },
    todo: {
      "none-serves":
        "Clients sollen es noch einmal versuchen; kein Versuch geht verloren. Starten Sie Knoten, bis genug laufen." +
        " Wenn Knoten laufen, steht in der Tabelle unten, was jeder von sich sagt.",
      silent:
        "Sein Prozess ist zu Ende, sein Rechner fort oder der Weg zu seinen Zählern. Die Flotte bedient, solange genug" +
        " laufen. Sehen Sie erst nach dem Prozess, dann nach dem Weg; coffer up startet wieder, was hier zu Ende ist.",
      fork:
        "Ein Knoten oder HSM widerspricht der Flotte. Heben Sie seine Verzeichnisse zur Untersuchung auf, fahren Sie mit" +
        " den anderen fort, und finden Sie heraus, welche Platte auf einen älteren Stand gesetzt wurde.",
      stopped:
        "Er traf auf etwas, worüber er nicht hinweggehen darf, und wartet auf jemanden. Die Tabelle sagt, warum. Ein" +
        " neuer Start allein hilft selten: Tun Sie, was der Satz sagt.",
      serving:
        "Was jetzt dort ankommt, würde nicht beglaubigt; die Tabelle sagt, warum. Nach einem Start vergeht das in" +
        " Sekunden. Sonst: Starten Sie die anderen Knoten, oder schaffen Sie Platz auf der Platte.",
      certificate:
        "Ist es zu Ende, nimmt diesen Knoten kein Client und kein Knoten mehr an. Erneuern Sie es mit coffer node" +
        " certificate request, sign und install, einen Knoten nach dem anderen.",
      "bundle-ends":
        "Die Beschreibung wird nicht erneuert, oder zu wenige Zeugen sehen hin. coffer bundle refresh nennt die Zeugen," +
        " die nicht antworten.",
      "bundle-cosigned":
        "Clients beginnen zu mahnen. coffer bundle refresh gehört in jeden Tag; endet es mit 7, schweigen die Zeugen," +
        " die es nennt.",
      "bundle-refused":
        "Was in bundle.directory liegt, lehnte jeder Client ab; der Knoten gibt darum die vorige Beschreibung aus. Seine" +
        " Logdatei sagt, warum. Führen Sie coffer bundle refresh aus.",
      "log-halted":
        "Es unterschreibt nichts mehr: ein beschädigtes Stück, ein älteres Journal oder ein größerer Stand mit seiner" +
        " eigenen Unterschrift. Sein healthz sagt, wonach zuerst zu sehen ist. Nie von einer älteren Kopie weitermachen.",
      "log-behind": "Zu wenige Zeugen unterschreiben. Fragen Sie die, deren Zeugen es nicht tun.",
      "log-checkpoint":
        "Clients beginnen zu mahnen und lehnen ab, sobald das harte Alter der Richtlinie erreicht ist. Sehen Sie, welche" +
        " Zeugen zuletzt unterschrieben haben, und fragen Sie die anderen.",
      "log-witness":
        "Das Protokoll fragt ihn vergeblich, oder er schweigt schon lange. Solange genug andere hinsehen, stört es" +
        " keinen Client: Es ist Zeit, seinen Betreiber zu fragen.",
      "witness-idle":
        "Das Protokoll fragt ihn nicht. Stimmt seine Adresse in der Richtlinie, und erreicht ihn das Protokoll?",
      "notary-halted":
        "Er unterschreibt nichts mehr: Sein Journal ist beschädigt, oder im Protokoll steht, was er nie unterschrieb." +
        " Sein healthz sagt, wonach zuerst zu sehen ist.",
      "notary-observed":
        "Er kann das Protokoll nicht lesen oder traf dort auf Ungehöriges. Welches von beiden, sagt seine Logdatei; bis" +
        " dahin fiele eine falsche Beschreibung später auf.",
      errors: "Seine Platte, sein Token oder ein Fehler des Programms: Seine Logdatei sagt, welches.",
    },
  },
  fleet: {
    heading: "Knoten",
    serve: (count, all, quorum) => `${count} von ${all} Knoten sagen, dass sie bedienen; ${quorum} HSMs müssen leben.`,
    leader: (node) => `Es führt Knoten ${node}.`,
    leaders: (nodes) => `Knoten nennen verschiedene Führer: ${nodes.join(", ")}. Vielleicht wird gerade gewählt.`,
    noLeader: "Kein Knoten kennt einen Führer.",
    caption: "Jeder Knoten nach seinen eigenen Zählern",
    node: "Knoten",
    serves: "Bedient",
    entries: "Gezählte Einträge",
    lag: "Rückstand",
    open: "Offene Anfragen",
    heap: "Heap",
    certificate: "Zertifikat endet",
  },
  charts: {
    heading: "Was geschieht",
    certificates: "Beglaubigungen je Sekunde",
    attempts: "Versuche je Minute",
    attemptsLead:
      "So oft wurde an allen Knoten zusammen ein Code versucht. Ob es der richtige war, können Knoten nicht sehen, und" +
      " so liest es hier niemand.",
    values: (now, most, minutes) =>
      `Jetzt ${now}, höchstens ${most} in ${minutes === 1 ? "der letzten Minute" : `den letzten ${minutes} Minuten`}.`,
    now: "jetzt",
    waiting: "Der erste Wert kommt mit der nächsten Antwort.",
    nothing: "Kein Knoten sagt etwas.",
  },
  latency: {
    heading: "Wie lange es dauert",
    names: {
      attempt: "Ein Versuch, von der Ankunft bis zur Antwort",
      certify: "Vom eigenen Zählen eines Knotens bis zur Beglaubigung",
      capture: "Ein Eintrag, bis seine Datensätze gespeichert sind",
      release: "Die Antworten des HSM auf einen Eintrag",
    },
    recent: "An allen Knoten, seit diese Seite hinsieht.",
    sinceStart: "An allen Knoten, seit ihrem Start.",
    below: (half, most, total) =>
      `Die Hälfte dauerte höchstens ${half}, 99 von 100 höchstens ${most}; ${total} im Ganzen.`,
    none: "Noch keine.",
    bound: "Dauer",
    count: "Wie viele",
    upTo: (time) => `bis ${time}`,
    over: (time) => `über ${time}`,
  },
  requests: {
    heading: "Beantwortete Anfragen",
    caption: "Nach Art, an allen Knoten, die antworten, seit ihrem Start",
    kind: "Art",
    answered: "Beantwortet",
    kinds: {
      REGISTER_START: "Einrichtung, erste Nachricht",
      REGISTER_FINISH: "Einrichtung, zweite Nachricht",
      ATTEMPT: "Versuch mit einem Code",
      SUCCESS: "Zweite Nachricht nach einem Versuch",
      DELETE: "Löschung",
    },
  },
  fresh: {
    heading: "Protokoll, Zeugen, Notar",
    bundle: "Was Clients bekommen",
    bundleNone: "Knoten geben keine Beschreibung aus: Clients kennen genau diese Flotte.",
    bundleIs: (epoch, witnesses, since, until) =>
      `Beschreibung ${epoch}, mit ${witnesses} Unterschriften von Zeugen; genug von ihnen hatten ${since} hingesehen.` +
      ` Wird sie nicht erneuert, lehnen Clients sie ${until} ab.`,
    caption: "Jeder nach seinen eigenen Zählern",
    who: "Wer",
    entries: "Einträge",
    last: "Zuletzt hingesehen",
    remark: "Bemerkung",
    behind: (published) => `veröffentlicht bis ${published}`,
    byLog: (witness) => `das Protokoll sah ${witness} unterschreiben`,
    failures: (count) => `${count} Fragen ohne Unterschrift`,
    epoch: (epoch) => `Epoche ${epoch}`,
    never: "nicht seit dem Start",
  },
};
