/** What `coffer operations` tells of a fleet of five with a log, two witnesses and a notary, in its form. */

export interface Told {
  readonly kind: string;
  readonly name: string;
  readonly state: "answers" | "silent" | "odd" | "unwatched";
  readonly why?: string;
  readonly metrics: Readonly<Record<string, number>>;
}

/** All as it should be at that moment. */
export function WELL(millis: number): readonly Told[] {
  const now = Math.floor(millis / 1_000);
  const buckets = (name: string, labels = "") => ({
    [`${name}_bucket{${labels}le="0.001"}`]: 1,
    [`${name}_bucket{${labels}le="0.5"}`]: 2,
    [`${name}_bucket{${labels}le="+Inf"}`]: 3,
    [`${name}_count${labels === "" ? "" : `{${labels.slice(0, -1)}}`}`]: 3,
  });
  const node = {
    coffer_serving: 1,
    coffer_stopped: 0,
    coffer_leader: 2,
    coffer_open_calls: 0,
    coffer_heap_octets: 40 * 2 ** 20,
    coffer_entries_captured: 1_234,
    coffer_entries_certified: 1_234,
    'coffer_certificate_expires_seconds{file="node.pem"}': now + 300 * 86_400,
    'coffer_certificate_expires_seconds{file="ca.pem"}': now + 3_000 * 86_400,
    coffer_bundle_epoch: 7,
    coffer_bundle_witnesses: 2,
    coffer_bundle_cosigned_seconds: now - 3_600,
    coffer_bundle_ends_seconds: now + 7 * 86_400,
    coffer_bundle_refused: 0,
    ...buckets("coffer_answer_seconds", 'type="ATTEMPT",'),
    ...buckets("coffer_certify_seconds"),
    ...buckets("coffer_capture_seconds"),
    ...buckets("coffer_release_seconds"),
  };
  const log = {
    coffer_log_halted: 0,
    coffer_log_tree_size: 9,
    coffer_log_published_size: 9,
    coffer_log_checkpoint_seconds: now - 3_600,
    'coffer_log_cosigned_seconds{witness="w/1"}': now - 3_600,
    'coffer_log_witness_failures_total{witness="w/1"}': 0,
  };
  const witness = {
    'coffer_witness_tree_size{origin="log"}': 9,
    'coffer_witness_cosigned_seconds{origin="log"}': now - 3_600,
    'coffer_requests_total{status="200"}': 12,
  };
  const notary = {
    coffer_notary_halted: 0,
    coffer_notary_log_size: 9,
    coffer_notary_epoch: 7,
    coffer_notary_observed_seconds: now - 30,
    coffer_notary_observe_failures_total: 0,
  };
  const told = (kind: string, name: string, metrics: object) =>
    ({ kind, name, state: "answers", why: "", metrics }) as Told;
  return [
    ...["1", "2", "3", "4", "5"].map((name) => told("NODE", name, node)),
    told("LOG", "log.example/1", log),
    told("WITNESS", "w/1", witness),
    told("WITNESS", "w/2", witness),
    told("NOTARY", "", notary),
  ];
}

/** In the form in which the page gets it: numbers as they stood in the counters. */
export function answer(at: number, parties: readonly Told[]): string {
  return JSON.stringify({
    at,
    fleet: { id: "00".repeat(32), nodes: 5, quorum: 3 },
    parties: parties.map((party) => ({
      ...party,
      metrics: Object.fromEntries(Object.entries(party.metrics).map(([name, value]) => [name, String(value)])),
    })),
  });
}
