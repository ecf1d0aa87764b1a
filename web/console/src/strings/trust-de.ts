import type { TrustStrings } from "./trust.js";

export const TRUST_DE: TrustStrings = {
  heading: "Was diese Seite am Tresor geprüft hat",
  looking: "Der Tresor wird geprüft",
  lead:
    "Diese Seite glaubt keinem Server. Sie hat die Beschreibung des Tresors von seinen Knoten geholt und hier geprüft," +
    " wie vor jedem Gebrauch Ihres Codes. Wer aber diese Seite ausliefert, könnte eine andere ausliefern: Prüfen Sie" +
    " es also auch mit anderen Programmen.",
  leadFailed:
    "Diese Seite glaubt keinem Server. Sie konnte die Beschreibung des Tresors nicht prüfen und gebraucht darum Ihren" +
    " Code nicht mit diesem Tresor. Prüfen Sie es auch mit anderen Programmen.",
  holds: "Jeder Schritt hält: Sie sprechen mit dem Tresor, den alle sehen.",
  pinHolds: "Das ist die eine Flotte, für die diese Seite gemacht ist.",
  stopped: (step, meaning) => `Die Prüfung endete bei „${step}“. ${meaning}`,
  nothing: "Nichts konnte geprüft werden.",
  stale: "Zeugen haben das öffentliche Protokoll länger nicht gesehen. Bleibt es dabei, wird der Tresor abgelehnt.",
  turnedAway: (count) => `Vor dieser Antwort hielten ${count} nicht. Sagen Sie es dem Betreiber des Tresors.`,
  looked: (when) => `Geprüft am ${when}, nach der Uhr dieses Geräts.`,
  again: "Noch einmal prüfen",
  steps: {
    heading: "Die Schritte in ihrer Reihenfolge",
    passed: "hält",
    failed: "hält nicht",
    unreached: "nicht angesehen",
    names: {
      FORM: "Beschreibung, Beweis und Richtlinien sind lesbar",
      TRUST_POLICY: "Die Wurzeln haben entschieden, wessen Schlüssel zählen",
      OPERATOR_SIGNATURE: "Der Betreiber hat unterschrieben",
      NOTARY_SIGNATURE: "Der Notar hat unterschrieben",
      GRAMMAR: "Der unterschriebene Text hat seine eine Form",
      NAMED_POLICY: "Er nennt die Richtlinie, der gefolgt wurde",
      LOG_SIGNATURE: "Das öffentliche Protokoll hat seinen Stand unterschrieben",
      WITNESS_QUORUM: "Genug Zeugen haben den Stand mit unterschrieben",
      INCLUSION: "Die Beschreibung steht im Protokoll",
      NEWEST_LEAF: "Sie ist dessen neuester Eintrag",
      FRESHNESS: "Zeugen haben vor kurzem hingesehen",
      VALIDITY: "Sie gilt heute",
      MEMORY: "Sie ist nicht älter, als was dieses Gerät gesehen hat",
      FLEET_HISTORY: "Flotten rückten vor, wie es angekündigt war",
      FLEET_STATE: "Die Flotte, die geantwortet hat, ist in Gebrauch",
      PIN: "Es ist die Flotte, für die diese Seite gemacht ist",
      CLIENT_FLOOR: "Die Flotte ist nicht schwächer, als diese Seite annimmt",
      LISTED_KEYS: "Die Flotte, die geantwortet hat, hat genau die aufgeführten Schlüssel",
    },
  },
  bundle: {
    heading: "Die Beschreibung des Tresors",
    namespace: "Tresor",
    epoch: "Epoche",
    valid: "Gültig",
    hash: "SHA-256 der unterschriebenen Datei",
    span: (from, until) => `${from} bis ${until}`,
  },
  signed: {
    heading: "Wer sie unterschrieben hat",
    operator: "Betreiber",
    notary: "Notar, der vom Betreiber unabhängig ist",
    policy: "Ihre Schlüssel zählen nach der Richtlinie",
    version: (version, threshold, roots) => `Version ${version}, die ${threshold} von ${roots} Wurzeln unterschreiben`,
  },
  change: {
    heading: "Was sich bis hierher geändert hat",
    first: "Dieses Gerät hat vorher keiner anderen Beschreibung vertraut; es gibt nichts zu vergleichen.",
    damaged:
      "Was dieses Gerät von früheren Beschreibungen verwahrt hat, ist nicht lesbar. Es vergleicht von dieser an neu.",
    none: (from) => `An Flotten und Schlüsseln nichts seit Epoche ${from}, der dieses Gerät vorher vertraut hat.`,
    some: (from) => `Seit Epoche ${from}, der dieses Gerät vorher vertraut hat, gingen (-) und kamen (+) diese Zeilen:`,
  },
  log: {
    heading: "Das öffentliche Protokoll und seine Zeugen",
    origin: "Protokoll",
    size: "Einträge",
    root: "Wurzel seines Baums",
    witnesses: "Zeugen",
    quorum: "Genug von ihnen hatten hingesehen bis",
    unseen: "hat diesen Stand nicht mit unterschrieben",
    uncovered: "Nicht geprüft: Der Schritt davor hielt nicht.",
  },
  fleet: {
    heading: (id) => `Flotte ${id}`,
    state: "Stand",
    states: {
      announced: "angekündigt: noch nicht in Gebrauch",
      active: "in Gebrauch",
      retiring: "läuft aus: gibt Schlüssel zurück und nimmt keine neuen",
      revoked: "widerrufen: nie zu gebrauchen",
    },
    answered: "Diese Flotte hat geantwortet.",
    quorum: "Regeln, seit ihrer Gründung unveränderlich",
    settings: (n, q, limit) => `${n} HSMs, von denen ${q} jede Antwort unterschreiben; höchstens ${limit} Versuche`,
    hsms: "HSMs, wie sie sich selbst nennen",
    hsm: (index, site) => `HSM ${index}${site === undefined ? "" : ` in ${site}`}: `,
    simulated: (count, all) =>
      `${count} von ${all} HSMs sagen SIMULATED: Wer ihre Rechner betreibt, liest ihren Speicher. Sie schützen nichts.`,
    models:
      "Was ein HSM zu einem macht, seine Attestierung, hat diese Seite nicht untersucht: Betreiber und Notar haben" +
      " ihren Hash unterschrieben, und die Belege enthalten sie.",
    evidence: "Belege, nach dem SHA-256 ihres Verzeichnisses",
    evidenceUnread: "steht in dem, was unterschrieben ist; diese Seite hat sie nicht angesehen",
    pinned:
      "Diese Seite ist für eine einzige Flotte gemacht, deren Name ein Hash über alle ihre Schlüssel und Regeln ist." +
      " Niemand muss sie unterschreiben, kein Protokoll muss sie enthalten, und Belege sind nicht genannt.",
  },
  other: {
    heading: "Prüfen Sie es noch einmal",
    save: "Speichern:",
    lead:
      "Speichern Sie diese Dateien in einem Ordner. Sie sind das, was diese Seite geprüft hat, Oktett für Oktett. Dort" +
      " laufen dann die Befehle.",
    summary: "Das mit einem anderen Werkzeug noch einmal prüfen",
    copy: "Kopieren",
    copied: "Kopiert.",
    expects: {
      verify: "Der Befehl coffer geht dieselben Schritte. Sein Code ist ein anderer als der dieser Seite.",
      hash: "Gibt den Hash von oben aus. Die nächste Beschreibung des Tresors wird ihn nennen.",
      openssl: "OpenSSL antwortet „Signature Verified Successfully“. Der Schlüssel darin ist der der Richtlinie.",
      spicy: "torchwood prüft die Unterschrift des Protokolls, und dass die Datei darin steht.",
      "audit-log":
        "Geht alle Epochen des Protokolls durch und sagt, welche Schlüssel kamen und gingen. Die Adresse des Notars" +
        " sagt er selbst.",
      "audit-fleet":
        "Prüft Behauptung für Behauptung, wie die Flotte gegründet wurde. PACKAGE ist der Ordner ihrer Belege: Fragen" +
        " Sie den Betreiber.",
      manifest: "Gibt den Hash von oben aus.",
    },
  },
};
