import type { Kind } from "../operations/samples.js";
import type { OperationsStrings } from "./operations.js";

const KINDS: Readonly<Record<Kind, string>> = { NODE: "node", LOG: "log", WITNESS: "witness", NOTARY: "notary" };

export const OPERATIONS_EN: OperationsStrings = {
  language: "en",
  languageName: "English",
  switchLabel: "Language",
  title: "Coffer",
  rooms: { label: "Rooms", you: "You", trust: "Trust", operations: "Operations" },
  login: {
    heading: "Operations: log in",
    lead:
      "This room shows how the fleet is. It opens with the operator's token, which lies in the file operator.token in" +
      " the fleet's home. The page keeps it in memory alone, until it is closed.",
    label: "Operator's token",
    go: "Log in",
    wrong: "That is not the operator's token. Copy the whole line of the file operator.token.",
    tooOften: "There were too many wrong tokens. Wait a minute, and try again.",
    unreachable: "Nobody answers here. Is coffer operations running? Start it, and try again.",
  },
  heading: "How the fleet is",
  lead: "Asked anew every five seconds. Charts begin when this page does, and end with it.",
  leave: "Log out",
  told: (when) => `As of ${when}.`,
  lost: (since) =>
    `No answer from coffer operations since ${since}. What stands below is of then. Is it still running?`,
  party: ({ kind, name }) => `${KINDS[kind]}${name === "" ? "" : ` ${name}`}`,
  silent: (party, since, ever) =>
    ever
      ? `No answer from ${party} since ${since}.`
      : `No answer from ${party} since this page began to look at ${since}.`,
  odd: (party, why) => `What ${party} answered are no counters${why === "" ? "" : `: ${why}`}.`,
  unwatched: (party) => `Nobody said where the counters of ${party} are: start coffer operations with that address.`,
  unknown: "unknown",
  yes: "yes",
  no: "no",
  alerts: {
    heading: "Alerts",
    lead: "Each rule of the runbook, docs/operations.md, judged by what parties told.",
    none: (unknown) =>
      unknown === 0
        ? "No alert."
        : `No alert, but ${unknown === 1 ? "one rule" : `${unknown} rules`} cannot be judged.`,
    some: (count) => (count === 1 ? "One alert." : `${count} alerts.`),
    states: { fires: "alert", unknown: "cannot be judged", quiet: "quiet" },
    runbook: "Runbook: docs/operations.md,",
    names: {
      "none-serves": "No node serves",
      silent: "Somebody does not answer",
      fork: "Two histories were heard of",
      stopped: "A node stands still",
      serving: "A node does not serve",
      certificate: "A TLS certificate ends within 30 days",
      "bundle-ends": "Clients will refuse the vault within five days",
      "bundle-cosigned": "Witnesses have not looked for two days",
      "bundle-refused": "A node was given a bundle that no client would accept",
      "log-halted": "The log has halted itself",
      "log-behind": "The log's newest entries are not published",
      "log-checkpoint": "The log's checkpoint is older than two days",
      "log-witness": "A witness does not cosign",
      "witness-idle": "A witness was not asked for two days",
      "notary-halted": "The notary has halted itself",
      "notary-observed": "The notary has not seen the log in order lately",
      errors: "A server answers with errors",
    },
    todo: {
      "none-serves":
        "Clients are told to try again; no guess is burnt. Start nodes until a quorum is up. If nodes run, read what" +
        " each says of itself in the table below.",
      silent:
        "Its process has ended, its machine is away, or the way to its counters is. The fleet serves while a quorum" +
        " runs. Look at the process first, then at the way; coffer up starts again what has ended on this machine.",
      fork:
        "A node or HSM contradicts the fleet. Keep its directories for inspection, run on with the others, and find out" +
        " which of its disks was put back from an older copy.",
      stopped:
        "It met what it must not pass by, and waits for somebody. The table says why. A restart alone rarely helps: do" +
        " what the sentence says.",
      serving:
        "An operation that arrives there now would not be certified; the table says why. After a start this passes in" +
        " seconds. Otherwise start the other nodes, or free disk space.",
      certificate:
        "Once it has ended, no client and no node accepts this one. Renew it with coffer node certificate request, sign" +
        " and install, one node after the other.",
      "bundle-ends":
        "The bundle is not refreshed, or no quorum of witnesses looks. Run coffer bundle refresh: it names the witnesses" +
        " that do not answer.",
      "bundle-cosigned":
        "Clients begin to mind. Run coffer bundle refresh every day; if it ends with 7, the witnesses it names are" +
        " silent.",
      "bundle-refused":
        "What lies in bundle.directory would be refused by every client, so the node hands out the one before. Its log" +
        " says why. Run coffer bundle refresh.",
      "log-halted":
        "It signs nothing any more: a damaged tile, an older journal, or a larger checkpoint with its own signature." +
        " Its healthz says what to look at first. Never go on from an older copy.",
      "log-behind": "There is no quorum of witnesses. Ask those who run the witnesses that do not cosign.",
      "log-checkpoint":
        "Clients begin to mind, and refuse after the policy's hard age. See which witnesses have cosigned lately, and" +
        " ask the others.",
      "log-witness":
        "The log asks it in vain, or it has been silent for long. While a quorum of the others looks, clients mind" +
        " nothing: there is time to ask who runs it.",
      "witness-idle": "The log does not ask it. Is its address in the trust policy right, and can the log reach it?",
      "notary-halted":
        "It signs nothing any more: its journal is damaged, or the log holds a bundle that it never signed. Its healthz" +
        " says what to look at first.",
      "notary-observed":
        "It cannot read the log, or met there what should not be. Its log file says which; until then a false bundle" +
        " is noticed later.",
      errors: "Its disk, its token, or a fault of the program: its log file says which.",
    },
  },
  fleet: {
    heading: "Nodes",
    serve: (count, all, quorum) => `${count} of ${all} nodes say that they serve; ${quorum} HSMs have to live.`,
    leader: (node) => `Leader: node ${node}.`,
    leaders: (nodes) => `Nodes name different leaders: ${nodes.join(", ")}. An election may be going on.`,
    noLeader: "No node knows a leader.",
    caption: "Each node, by its own counters",
    node: "Node",
    serves: "Serves",
    entries: "Entries captured",
    lag: "Behind by",
    open: "Open requests",
    heap: "Heap",
    certificate: "Certificate ends",
  },
  charts: {
    heading: "What goes on",
    certificates: "Certificates a second",
    attempts: "Attempts a minute",
    attemptsLead:
      "Somebody tried a code so often, at all nodes together. Nodes cannot see whether it was the right one, and so" +
      " nobody reads it here.",
    values: (now, most, minutes) =>
      `Now ${now}, at most ${most} in the last ${minutes === 1 ? "minute" : `${minutes} minutes`}.`,
    now: "now",
    waiting: "The first value comes with the next answer.",
    nothing: "No node tells.",
  },
  latency: {
    heading: "How long it takes",
    names: {
      attempt: "An attempt, from arrival to answer",
      certify: "From a node's own capture to the certificate",
      capture: "An entry's turn, until its records are stored",
      release: "One entry's replies by the HSM",
    },
    recent: "At all nodes, since this page looks.",
    sinceStart: "At all nodes, since they started.",
    below: (half, most, total) => `Half took ${half} at most, 99 of 100 ${most}; ${total} in all.`,
    none: "None yet.",
    bound: "Took",
    count: "How many",
    upTo: (time) => `up to ${time}`,
    over: (time) => `over ${time}`,
  },
  requests: {
    heading: "Requests answered",
    caption: "By kind, at all nodes that answer, since they started",
    kind: "Kind",
    answered: "Answered",
    kinds: {
      REGISTER_START: "Registration, first message",
      REGISTER_FINISH: "Registration, second message",
      ATTEMPT: "Attempt with a code",
      SUCCESS: "Second message after an attempt",
      DELETE: "Deletion",
    },
  },
  fresh: {
    heading: "Log, witnesses, notary",
    bundle: "What clients are handed",
    bundleNone: "Nodes hand out no bundle: clients have pinned this fleet.",
    bundleIs: (epoch, witnesses, since, until) =>
      `Bundle ${epoch}, under ${witnesses} cosignatures; a quorum had looked ${since}. Unless it is refreshed, clients` +
      ` refuse it ${until}.`,
    caption: "Each of them, by its own counters",
    who: "Who",
    entries: "Entries",
    last: "Last looked",
    remark: "Remark",
    behind: (published) => `published up to ${published}`,
    byLog: (witness) => `the log saw ${witness} cosign`,
    failures: (count) => `${count} questions without a cosignature`,
    epoch: (epoch) => `epoch ${epoch}`,
    never: "not since its start",
  },
};
