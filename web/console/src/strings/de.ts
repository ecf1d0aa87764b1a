import type { Cause, CodeProblem, Distrust, TryAgain, Untrusted } from "@coffer/client";
import type { PasskeyProblem } from "@coffer/client/passkey";
import type { Strings } from "./strings.js";
import { TRUST_DE } from "./trust-de.js";

const CAUSES: Readonly<Record<Cause, string>> = {
  unreachable: "Prüfen Sie die Netzverbindung und versuchen Sie es mit demselben Code noch einmal.",
  busy: "Warten Sie einen Augenblick und versuchen Sie es mit demselben Code noch einmal.",
  "login-expired": "Melden Sie sich in der App neu an und versuchen Sie es mit demselben Code noch einmal.",
  "login-invalid":
    "Melden Sie sich in der App neu an. Bleibt es dabei, nimmt dieser Tresor die Anmeldung der App nicht an.",
  refused: "Aktualisieren Sie die App: Der Tresor nimmt ihre Nachrichten nicht an. Danach gilt derselbe Code.",
  moved:
    "Der Tresor ist umgezogen. Der Code ist nicht falsch: Aktualisieren Sie die App und versuchen Sie ihn noch einmal.",
  "too-few-hsms": "Einige Maschinen des Tresors sind ausgefallen oder gestört. Versuchen Sie es später noch einmal.",
  contention: "Ein anderes Gerät benutzt dieses Konto im selben Augenblick. Versuchen Sie es noch einmal.",
  memory: "Das Gerät konnte seinen Stand nicht speichern. Schaffen Sie Platz und versuchen Sie es noch einmal.",
  stretching:
    "Dem Gerät fehlt freier Speicher. Schließen Sie andere Apps und versuchen Sie es mit demselben Code noch einmal.",
  interrupted: "Der Vorgang wurde abgebrochen. Versuchen Sie es mit demselben Code noch einmal.",
};

const MEANINGS: Readonly<Record<Distrust, string>> = {
  "bad-delivery": "Die Beschreibung, die der Tresor von sich gibt, ist nicht lesbar.",
  "bad-trust-policy": "Die Wurzeln, denen diese App vertraut, haben diese Schlüssel nicht beschlossen.",
  "not-operators": "Der Betreiber des Tresors hat diese Beschreibung nicht unterschrieben.",
  "not-notarised": "Der Notar hat diese Beschreibung nicht unterschrieben.",
  "not-logged": "Diese Beschreibung steht nicht im öffentlichen Protokoll.",
  "not-witnessed": "Zu wenige Zeugen haben das öffentliche Protokoll gesehen.",
  "not-newest": "Es gibt eine neuere Beschreibung des Tresors als die gezeigte.",
  "out-of-time": "Die Beschreibung ist zu alt oder noch nicht gültig. Prüfen Sie die Uhr dieses Geräts.",
  closed: "Der Tresor nimmt zurzeit keine Registrierungen an.",
  unlisted: "Die Schlüssel des Tresors sind nicht die im öffentlichen Protokoll.",
  "unknown-program": "Auf den Maschinen des Tresors läuft ein Programm, das diese App nicht kennt.",
  "wrong-fleet": "Das ist nicht der Tresor, dem diese App vertraut.",
  "below-policy": "Der Tresor hat weniger Maschinen, als diese App annimmt.",
  simulated: "Der Tresor läuft auf simulierten HSMs, die diese App nicht annimmt.",
  "bad-certificate": "Das Zertifikat des Tresors hält nicht.",
  "rolled-back": "Der Tresor zeigt einen älteren Stand, als dieses Gerät schon gesehen hat.",
  forked: "Der Tresor zeigt eine andere Geschichte, als dieses Gerät gesehen hat.",
  "bad-answer": "Die Antwort des Tresors ist nicht die, die seine HSMs unterschrieben haben.",
  "unexpected-outcome": "Die Antwort des Tresors ergibt für diese Anfrage keinen Sinn.",
  "ksf-out-of-policy": "Die Registrierung verlangt eine Streckung des Codes, die diese App nicht annimmt.",
  "bad-wrapped-key": "Der gespeicherte Schlüssel ist nicht der, der registriert wurde.",
  "memory-damaged": "Der auf diesem Gerät gespeicherte Stand ist beschädigt.",
};

const PROBLEMS: Readonly<Record<CodeProblem, string>> = {
  empty: "Geben Sie den Wiederherstellungscode ein.",
  "too-short": "Der Wiederherstellungscode hat mindestens 6 Zeichen.",
  "too-long": "Der Wiederherstellungscode hat höchstens 128 Zeichen.",
  "not-decoded": "Der Code enthält Zeichen, die nicht verstanden wurden. Geben Sie ihn neu ein.",
  "forbidden-character":
    "Der Code enthält ein Zeichen, das nicht auf jedem Gerät gleich eingegeben werden kann (ein Steuerzeichen, ein" +
    " unsichtbares oder unbekanntes). Nehmen Sie Buchstaben, Ziffern, Leerzeichen und Satzzeichen.",
  "too-new-character": "Der Code enthält ein Zeichen, das ältere Geräte nicht kennen. Wählen Sie ein anderes.",
};

const OTHERWISE = "Nehmen Sie den Code oder den 64-stelligen Schlüssel.";

const PASSKEY_PROBLEMS: Readonly<Record<PasskeyProblem["problem"], string>> = {
  unavailable: `Dieser Browser hat auf dieser Seite keine Passkeys. ${OTHERWISE}`,
  cancelled: "Nichts ist geschehen: Der Passkey wurde nicht rechtzeitig benutzt oder nicht erlaubt. Noch einmal?",
  "made-before": "Dieses Gerät hat für dieses Konto schon einen Passkey. Nehmen Sie ein anderes.",
  "wrong-domain": `Diese Seite darf die Passkeys der App nicht benutzen. ${OTHERWISE}`,
  unsuitable:
    "Dieses Gerät hat nichts, das Passkeys verwahrt und nach PIN, Finger oder Gesicht fragt. Richten Sie eine" +
    " Bildschirmsperre ein, oder nehmen Sie ein anderes Gerät.",
  failed: `Der Passkey ließ sich nicht benutzen. Versuchen Sie es noch einmal oder mit einem anderen. ${OTHERWISE}`,
  "not-verified":
    "Der Passkey fragte nicht nach PIN, Finger oder Gesicht. Richten Sie das auf dem Gerät ein und versuchen Sie es" +
    " noch einmal.",
  "no-prf": "Dieser Passkey gibt kein Geheimnis, das Backups öffnen könnte. Nehmen Sie ein anderes Gerät.",
  unsteady: "Dieser Passkey gibt nicht zweimal dasselbe Geheimnis. Nehmen Sie ein anderes Gerät.",
  "prf-missing": `Der Passkey ist hier, sein Geheimnis nicht. Nehmen Sie das Gerät, auf dem er entstand. ${OTHERWISE}`,
  changed: `Der Passkey gibt ein anderes Geheimnis als bei der Einrichtung: Er öffnet nichts mehr. ${OTHERWISE}`,
  "unknown-passkey": `Dieser Passkey gehört nicht zu den Backups dieses Kontos. ${OTHERWISE}`,
  "no-passkeys": `Für die Backups dieses Kontos ist kein Passkey eingerichtet. ${OTHERWISE}`,
  "no-other-unlock": "Passkeys gehen mit Geräten verloren: Setzen Sie zuerst einen Wiederherstellungscode.",
  full: "Acht Passkeys sind eingerichtet. Widerrufen Sie einen, den Sie nicht mehr brauchen.",
  "unacceptable-name": "Geben Sie dem Passkey einen Namen von höchstens 100 Buchstaben.",
  store: "Die Datei des Passkeys ließ sich nicht lesen oder schreiben. Prüfen Sie die Verbindung. Noch einmal?",
};

const LEFT_OVER = " Der eben gemachte Passkey öffnet nichts: Löschen Sie ihn, wo Ihre Passkeys aufgeführt sind.";

function passkeyProblem({ problem, leftover }: PasskeyProblem): string {
  return PASSKEY_PROBLEMS[problem] + (leftover ? LEFT_OVER : "");
}

const KEY = "den 64-stelligen Schlüssel";

function noVerdict(end: TryAgain | Untrusted): string {
  if (end.kind === "try-again") {
    return CAUSES[end.cause];
  }
  const advice =
    end.reason === "memory-damaged"
      ? "Löschen Sie die Daten dieser Seite im Browser und versuchen Sie es noch einmal."
      : "Nichts wurde preisgegeben. Versuchen Sie ein anderes Netz oder aktualisieren Sie die App; bleibt es dabei," +
        " sagen Sie es dem Hersteller der App.";
  return `${MEANINGS[end.reason]} ${advice}`;
}

export const DE: Strings = {
  language: "de",
  languageName: "Deutsch",
  switchLabel: "Sprache",
  title: "Ihr Backup-Schlüssel",
  simulated:
    "Das ist ein Tresor für die Entwicklung: Seine HSMs sind simuliert, und wer die Dateien dieser Seite liest, meldet" +
    " sich als jeder an. Er schützt nichts.",
  rooms: { label: "Räume", you: "Sie", trust: "Vertrauen", operations: "Betrieb" },
  trust: TRUST_DE,
  reload: "Seite neu laden",
  files: "Ihre Dateien: sichern, zurückholen",
  filesUnloaded:
    "Dieser Teil der Seite war nicht zu laden. Prüfen Sie die Netzverbindung und versuchen Sie es noch einmal.",
  account: {
    heading: "Wessen Backup ist es?",
    lead: "Ein Tresor für die Entwicklung nimmt jeden Namen.",
    label: "Konto",
    go: "Weiter",
  },
  noLogin: {
    heading: "Melden Sie sich erst an",
    lead: "Niemand ist hier in der App angemeldet. Melden Sie sich in diesem Browser an und kommen Sie zurück.",
    again: "Ich habe mich angemeldet",
  },
  badDeployment: {
    heading: "Diese Seite kennt ihren Tresor nicht",
    lead: "Sagen Sie es dem, der sie betreibt. Ihr Code und Ihr 64-stelliger Schlüssel gelten weiter. Was nicht stimmt:",
  },
  home: {
    heading: "Was möchten Sie tun?",
    lead:
      "Ein kurzer Code, den Sie sich merken, bringt Ihren Backup-Schlüssel auf jedem Gerät zurück. Gesicherte Maschinen" +
      " zählen die Versuche, damit niemand alle durchprobieren kann.",
    turnOn: "Schutz einschalten",
    recover: "Meinen Schlüssel mit dem Code zurückholen",
    key: "Den 64-stelligen Schlüssel vom Papier nehmen",
  },
  vault: {
    summary: "Über diesen Tresor",
    asking: "Der Tresor wird gefragt.",
    fleet: "Flotte",
    hsms: "Maschinen",
    models: "Art",
    guesses: "So viele Versuche lässt er höchstens zu",
    witnesses: "Zeugen seines öffentlichen Protokolls",
    seen: "haben es vor kurzem gesehen, oder es werden keine verlangt",
    stale: "haben es länger nicht gesehen",
    quorum: (n, q) => `${n}, von denen ${q} jede Antwort unterschreiben`,
  },
  choose: {
    heading: "Wählen Sie einen Wiederherstellungscode",
    changeHeading: "Wählen Sie einen anderen Wiederherstellungscode",
    lead: "Mindestens 6 Zeichen: eine PIN, Wörter oder beides. Wählen Sie einen, den Sie in einem Jahr noch wissen.",
    code: "Wiederherstellungscode",
    again: "Derselbe Code noch einmal",
    show: "Zeigen, was ich eingebe",
    submit: "Schutz einschalten",
    notTheSame: "Die beiden sind nicht gleich. Geben Sie beide neu ein.",
    strength: ({ word, because }) =>
      because !== undefined
        ? `Schwach: Er ${DE.weaknesses[because]}.`
        : word === "strong"
          ? "Stark, wenn er ausgelost ist: Dann ließen selbst aufgebrochene Maschinen Jahre der Suche. Ein Zitat ist es nicht."
          : "Mittel: gut, solange die Maschinen Versuche zählen. Länger ist besser: vier Wörter ohne Zusammenhang.",
    unknowing:
      "Verglichen wird auf diesem Gerät, mit den 25.000 häufigsten Codes. Was Bekannte von Ihnen erraten, weiß die Seite" +
      " nicht: Ein Haustier sieht für sie mittel aus und ist es nicht.",
    unlisted: "Die Liste häufiger Codes war nicht zu laden: Ein Wort, das viele wählen, sieht hier mittel aus.",
  },
  weaknesses: {
    "one-character": "wiederholt ein einziges Zeichen",
    counts: "zählt auf oder ab",
    "one-piece": "wiederholt ein Stück",
    date: "ist ein Datum",
    keyboard: "folgt den Tasten einer Tastatur",
    name: "enthält den Namen des Kontos",
    common: "gehört zu den ersten, die ein Dieb versucht",
  },
  replace: {
    heading: "Den vorhandenen Code ersetzen?",
    lead:
      "Der Schlüssel dahinter ist dann verloren, und was er schützt, öffnet nur noch sein 64-stelliger Schlüssel. Das" +
      " lässt sich nicht rückgängig machen.",
    go: "Ersetzen und verlieren, was er öffnet",
  },
  working: {
    enrolment: "Der Schutz wird eingeschaltet",
    recovery: "Ihr Schlüssel wird zurückgeholt",
    passkey: "Ihr Passkey wird benutzt",
    practice: "Der Code wird auf diesem Gerät geprüft",
    unlocks: "Es wird gefragt, was es zum Öffnen gibt",
    cancel: "Anhalten",
    bar: "Wie weit die Arbeit auf diesem Gerät ist",
    step: ({ step }) =>
      ({
        "finding-the-vault": "Der Tresor wird gesucht, und es wird geprüft, ob er es ist.",
        asking: "Der Tresor wird gefragt.",
        stretching: "Der Code wird auf diesem Gerät verarbeitet.",
        waiting:
          "Der Tresor kann jetzt nicht antworten. Er wird gleich noch einmal gefragt: Das kostet keinen Versuch.",
      })[step],
  },
  code: {
    heading: "Geben Sie Ihren Wiederherstellungscode ein",
    lead: "Jeder falsche Code wird gezählt. Was kein Code sein kann, wird nicht gesendet.",
    wrongHeading: "Das war nicht der Code",
    label: "Wiederherstellungscode",
    submit: "Meinen Schlüssel zurückholen",
  },
  key: {
    heading: "Geben Sie den 64-stelligen Schlüssel ein",
    lead: "Acht Gruppen zu acht Stellen und darunter die Prüfung aus acht Paaren. Er bleibt auf diesem Gerät.",
    label: "64-stelliger Schlüssel und Prüfung",
    submit: "Diesen Schlüssel nehmen",
    shownHeading: "Ihr 64-stelliger Schlüssel",
    shownLead:
      "Schreiben Sie ihn mit der Prüfung auf Papier. Wer ihn hat, braucht weder Code noch Tresor. Verwahren Sie ihn, wo" +
      " Sie Wichtiges verwahren; machen Sie kein Foto.",
    check: "Prüfung",
    qr: "Auf dem gedruckten Blatt steht er auch als QR-Code, Schlüssel und Prüfung zusammen.",
    print: "Drucken",
    written: "Ich habe ihn aufgeschrieben",
    confirmHeading: "Drei Gruppen von Ihrem Papier",
    confirmLead: "Geben Sie sie vom Papier ein, damit Sie wissen, dass es lesbar ist.",
    group: (number) => `Gruppe ${number}`,
    confirm: "Vergleichen",
    differ: "Mindestens eine Gruppe ist eine andere. Sehen Sie auf das Papier, dann noch einmal auf den Schlüssel.",
    look: "Den Schlüssel noch einmal zeigen",
  },
  unlocked: {
    headings: {
      enrolled: "Der Schutz ist eingeschaltet",
      recovered: "Ihr Schlüssel ist zurück",
      key: "Ihr Schlüssel ist hier",
    },
    leads: {
      enrolled:
        "Ihr Code ist registriert. Schreiben Sie auch den 64-stelligen Schlüssel auf: Er hilft, wenn Sie den Code" +
        " vergessen.",
      recovered: "Er ist auf dieser Seite, bis Sie sie sperren oder schließen.",
      key: "Er ist auf dieser Seite, bis Sie sie sperren oder schließen.",
    },
    confirmed: "Was Sie aufgeschrieben haben, stimmt.",
    showKey: "Den 64-stelligen Schlüssel aufschreiben",
    change: "Einen anderen Code für diesen Schlüssel setzen",
    lock: "Sperren",
    history: "Was mit diesem Konto geschah, Ältestes zuerst",
    kinds: {
      registered: "Ein Code wurde registriert",
      replaced: "Der Code wurde von jemandem mit dem Schlüssel ersetzt",
      "replaced-without-proof": "Der Code wurde allein mit der Anmeldung ersetzt",
      attempt: "Jemand versuchte einen Code",
      success: "Der richtige Code wurde eingegeben",
      exhausted: "Die Versuche waren aufgebraucht",
      deleted: "Die Registrierung wurde gelöscht",
      refused: "Etwas wurde abgelehnt: ein falscher Code, oder was nicht passte",
    },
    stale:
      "Zeugen haben das öffentliche Protokoll des Tresors länger nicht gesehen. Bleibt es dabei, werden" +
      " Wiederherstellungen abgelehnt.",
    suspects: (indices) =>
      `Antworten der Maschine ${indices.join(", ")} passten nicht: Sagen Sie es dem Betreiber des Tresors.`,
  },
  practise: {
    wish: "Ich möchte diesen Code auf diesem Gerät üben",
    wishMeans:
      "Dann kann dieses Gerät sagen, ob Sie ihn noch wissen, ohne einen Versuch. Wer den Speicher dieses Geräts liest," +
      " kann daran auch Codes probieren, und die zählt niemand: Lassen Sie es bei einem kurzen Code sein.",
    go: "Den Code üben",
    remind: (last, long) =>
      `Sie haben Ihren Code hier zuletzt am ${last} eingegeben. ${long ? "Das ist eine Weile her: Wissen Sie ihn noch?" : "Üben kostet keinen Versuch."}`,
    heading: "Wissen Sie Ihren Code noch?",
    lead: "Dieses Gerät allein prüft ihn. Nichts wird gesendet, kein Versuch gezählt: probieren Sie, so oft Sie wollen.",
    label: "Wiederherstellungscode",
    submit: "Prüfen",
    right: (since) =>
      `Das ist der Code, der am ${since} richtig war. Ob er seither anderswo geändert wurde, weiß nur der Tresor.`,
    wrong: (since) => `Das ist nicht der Code, der am ${since} richtig war. Kein Versuch wurde gezählt.`,
    forget: "Auf diesem Gerät nicht mehr üben",
    notErased:
      "Dieses Gerät hat nicht gelöscht, woran es den Code prüft: Es ist noch da. Versuchen Sie es noch einmal," +
      " oder löschen Sie im Browser die Daten dieser Website.",
  },
  unlocks: {
    manage: "Was diesen Schlüssel öffnet",
    heading: "Was diesen Schlüssel öffnet",
    lead: "Wann etwas zuletzt benutzt wurde, weiß nur dieses Gerät, und nur von sich selbst.",
    code: "Wiederherstellungscode",
    live: "beim Tresor registriert",
    gone: "nicht beim Tresor registriert: Setzen Sie einen",
    unknown: "der Tresor ließ sich nicht fragen",
    paper: "64-stelliger Schlüssel",
    paperIs: "öffnet ihn immer, ohne Tresor und Anmeldung, wenn Sie ihn aufgeschrieben haben",
    passkeys: "Passkeys",
    passkeysUnread: "ließen sich nicht auflisten",
    passkeysAre: (names) => (names.length === 0 ? "keine" : names.join(", ")),
    used: (last) =>
      last === undefined ? "auf diesem Gerät nie benutzt" : `auf diesem Gerät zuletzt am ${last} benutzt`,
  },
  passkeys: {
    manage: "Passkeys",
    heading: "Passkeys, die Ihren Schlüssel öffnen",
    lead:
      "Ein Passkey öffnet Ihren Schlüssel ohne Code, mit PIN, Finger oder Gesicht dieses Geräts. Der Code bleibt" +
      " daneben bestehen.",
    label: "Wie Sie den neuen nennen",
    add: "Passkey einrichten",
    finish: "Einrichten abschließen",
    nameless: "Ein Passkey, dessen Namen dieser Schlüssel nicht liest",
    rename: (name) => `${name} umbenennen`,
    newName: (name) => `Ein anderer Name für ${name}`,
    saveName: "Namen speichern",
    revoke: (name) => `${name} widerrufen`,
    touchHeading: "Noch einmal",
    touchLead: "Der Passkey gilt, wenn er zweimal dasselbe Geheimnis gibt.",
    touch: "Den Passkey noch einmal fragen",
  },
  failed: {
    enrolment: "Der Schutz ist noch nicht eingeschaltet",
    recovery: "Ihr Schlüssel ist noch nicht zurück",
    broken: "Auf dieser Seite ging etwas schief",
  },
  brokenLead: "Das ist ein Fehler der Seite, nicht Ihres Codes. Laden Sie sie neu, oder nehmen Sie einen anderen Weg.",
  ways: {
    "same-again": "Mit demselben Code noch einmal versuchen",
    "type-code": "Den Schlüssel mit dem Code zurückholen",
    passkey: "Einen Passkey benutzen",
    "type-key": "Den 64-stelligen Schlüssel nehmen",
    "turn-on": "Den Schutz neu einschalten",
    replace: "Den Code mit der Anmeldung ersetzen",
    home: "Zurück zum Anfang",
  },
  recovered: ({ otherAttempts, guessesUsed, guessesLeft, otherCodes }) =>
    [
      "Stellen Sie das Backup wieder her.",
      otherAttempts > 0 &&
        `Es gab ${otherAttempts} andere Versuche seit dem letzten Erfolg: Waren es nicht Ihre, ändern Sie das Passwort` +
          " der App und dann den Wiederherstellungscode.",
      guessesUsed > 0 && `Versuche nach Ihrem bleiben gezählt: noch ${guessesLeft}.`,
      otherCodes.length > 0 &&
        "Für dieses Konto ist bei einer neueren Flotte des Tresors ein anderer Code registriert, und Ihrer ist nicht" +
          " dorthin umgezogen. Waren Sie das nicht, ändern Sie jetzt das Passwort der App und setzen Sie dort Ihren" +
          " Code mit der Anmeldung: Die Flotte, die ihn heute hat, wird schließen.",
    ]
      .filter((sentence) => sentence !== false)
      .join(" "),
  wrongCode: ({ guessesLeft, replacedWithoutProof, unsettled }) =>
    [
      guessesLeft === 0
        ? `Das war der letzte Versuch: Ein weiterer löscht den gespeicherten Schlüssel. Nehmen Sie ${KEY}.`
        : `Der Code ist falsch. Verbleibende Versuche: ${guessesLeft}.`,
      replacedWithoutProof &&
        "Hier wurde ein Code allein mit der Anmeldung anstelle eines früheren gesetzt: Waren Sie das nicht, ist Ihr" +
          ` Code nicht mehr der gespeicherte; nehmen Sie ${KEY}.`,
      unsettled &&
        "Eine Flotte des Tresors gab kein Urteil: Sind Sie sich sicher, warten Sie, bis sie wieder erreichbar ist.",
    ]
      .filter((sentence) => sentence !== false)
      .join(" "),
  recoveryEnd: (end) => {
    switch (end.kind) {
      case "unconfirmed":
        return (
          "Der Tresor konnte seine Antwort nicht bestätigen. Das heißt nicht, dass der Code falsch ist: Geben Sie keinen" +
          " anderen ein. Versuchen Sie später denselben; das kostet keinen Versuch."
        );
      case "exhausted":
        return (
          "Die Versuche sind aufgebraucht, und der gespeicherte Schlüssel ist gelöscht. Nehmen Sie" +
          ` ${KEY}, oder richten Sie ein neues Backup ein.`
        );
      case "not-registered":
        return "Für dieses Konto ist kein Code registriert. Prüfen Sie das Konto, oder richten Sie einen ein.";
      case "moved":
        return (
          "Der Tresor ist umgezogen, seit dieser Code registriert wurde, und nichts kam mit. Der Code ist nicht falsch:" +
          ` Aktualisieren Sie die App, oder nehmen Sie ${KEY}.`
        );
      case "try-again":
      case "untrusted":
        return noVerdict(end);
    }
  },
  enrolmentEnd: (end) => {
    switch (end.kind) {
      case "not-authorised":
        return (
          "Für dieses Konto ist ein anderer Code registriert. Holen Sie zuerst den Schlüssel mit ihm zurück" +
          (end.loginWouldDo
            ? ", oder ersetzen Sie ihn mit der Anmeldung: Was er schützt, ist dann verloren, wenn Sie nicht" +
              ` ${KEY} haben.`
            : ".")
        );
      case "exhausted":
        return (
          "Das Konto hatte zu viele falsche Versuche, und sein gespeicherter Schlüssel ist gelöscht. Registrieren Sie" +
          " den Code noch einmal."
        );
      case "not-acceptable":
        return "Der Tresor nimmt die Einstellungen dieser App nicht an (Zahl der Versuche). Aktualisieren Sie die App.";
      case "try-again":
      case "untrusted":
        return noVerdict(end);
    }
  },
  unlockEnd: (end) => {
    switch (end.kind) {
      case "problem":
        return passkeyProblem(end);
      case "not-registered":
        return (
          "Der Passkey stimmt, und er ist beim Tresor nicht mehr registriert: widerrufen oder nie fertig geworden." +
          ` ${OTHERWISE}`
        );
      case "wrong-code":
        return `An der Stelle dieses Passkeys wurde ein anderer registriert. ${OTHERWISE}`;
      case "exhausted":
        return `Jemand mit der Anmeldung hat die Versuche dieses Passkeys aufgebraucht. ${OTHERWISE}`;
      case "unconfirmed":
        return "Der Tresor konnte seine Antwort nicht bestätigen. Der Passkey stimmt: später noch einmal, ohne Versuch.";
      case "moved":
        return `Der Tresor ist umgezogen, seit dieser Passkey eingerichtet wurde, und nichts kam mit. ${OTHERWISE}`;
      case "try-again":
        return noVerdict(end).replaceAll("demselben Code", "demselben Passkey");
      case "untrusted":
        return noVerdict(end);
    }
  },
  passkeyEnd: (end) => {
    switch (end.kind) {
      case "enrolled":
        return end.synced
          ? "Der Passkey ist eingerichtet. Sein Anbieter bringt ihn auf Ihre anderen Geräte. Behalten Sie auch den Code."
          : "Der Passkey ist eingerichtet. Er bleibt auf diesem Gerät und geht mit ihm verloren: Behalten Sie den Code.";
      case "unfinished":
        return "Der Passkey ist verwahrt, aber der Tresor hat ihn noch nicht registriert. Schließen Sie es später ab.";
      case "refused":
        return {
          "not-authorised":
            "An jedem freien Platz für Passkeys steht etwas, das Ihr Schlüssel nicht öffnet, von jemandem mit der" +
            " Anmeldung. Ändern Sie das Passwort der App und widerrufen Sie dort mit der Anmeldung." +
            LEFT_OVER,
          "not-acceptable": "Der Tresor nimmt die Einstellungen dieser App nicht an. Aktualisieren Sie die App.",
          exhausted:
            "Der Tresor hat den Platz dieses Passkeys nach zu vielen Versuchen gelöscht. Richten Sie ihn neu ein.",
        }[end.reason];
      case "renamed":
        return "Der Passkey hat seinen neuen Namen.";
      case "revoked":
        return "Der Tresor hat gelöscht, was dieser Passkey öffnete. Löschen Sie ihn auch, wo Ihre Passkeys aufgeführt sind.";
      case "not-authorised":
        return "Der Schlüssel hier reicht nicht an diesen Passkey: Ein anderer Schlüssel hat ihn eingerichtet.";
      case "problem":
        return passkeyProblem(end);
      case "try-again":
      case "untrusted":
        return noVerdict(end);
    }
  },
  unacceptable: ({ problem }) => PROBLEMS[problem],
  unreadable: ({ groups }) => {
    const place = (group: number) => (group <= 8 ? `Gruppe ${group}` : `Paar ${group - 8} der Prüfung`);
    const look = groups.length === 0 ? "" : ` Sehen Sie auf ${groups.map(place).join(", ")}.`;
    return `Das ist nicht der Schlüssel mit seiner Prüfung: 64 Stellen in acht Gruppen und 16 der Prüfung.${look}`;
  },
};
