import { type Bytes, equal } from "../codec/bytes.js";
import { accepted, Rejected } from "../codec/rejected.js";
import { decodeElement } from "../crypto/oprf.js";
import { decodeAnswer, openReply, type ReplyContent, type SealedReply, type VaultAnswer } from "../protocol/answer.js";
import { type ChainValues, verifyCertificate } from "../protocol/chain.js";
import type { Fleet } from "../protocol/fleet.js";
import { type Outcome, outcomeContained, outcomeLeaf, payloadHash } from "../protocol/outcome.js";
import { blindedOf, type Request, requestHash } from "../protocol/request.js";
import type { Partial } from "../protocol/sharing.js";
import { partitionOf } from "../protocol/subject.js";
import { checkSeen, type Seen } from "./memory.js";
import type { OpenRequest } from "./open-request.js";
import { lie } from "./reasons.js";

/**
 * A certified outcome of one's own request with what the HSMs sealed to it: every field has passed steps 1 to 4 of
 * PROTOCOL.md §6.3. The partial results may still be lies.
 */
export interface Verified {
  readonly values: ChainValues;
  readonly outcome: Outcome;
  readonly payload: Bytes;
  readonly partials: readonly Partial[];
  /** HSMs that sealed something else than was certified. */
  readonly suspects: readonly number[];
}

/** Step 1. */
function certified(fleet: Fleet, request: Request, seen: Seen, answer: VaultAnswer): ChainValues {
  const { certificate } = answer;
  const holds = accepted(() => {
    verifyCertificate(certificate, fleet);
    return true;
  });
  if (holds !== true) {
    throw lie("bad-certificate");
  }
  if (certificate.values.partition !== partitionOf(request.header.subject, fleet.settings.partitions)) {
    throw lie("bad-answer");
  }
  checkSeen(seen, certificate.values);
  return certificate.values;
}

/** Step 2: under the key of the HSM it claims to come from; nothing for replies of another evaluation. */
async function opened(open: OpenRequest, answer: VaultAnswer, reply: SealedReply): Promise<ReplyContent | undefined> {
  const exporter = open.exporters[reply.index - 1];
  if (exporter === undefined) {
    return undefined;
  }
  try {
    const { certificate, position, leaf } = answer;
    return await openReply(reply, exporter, { values: certificate.values, position, type: open.request.type, leaf });
  } catch (error) {
    if (error instanceof Rejected) {
      return undefined;
    }
    throw error;
  }
}

/** Step 3, the half of each reply: it opens the certified leaf, and that leaf is of this request. */
function matches(request: Request, answer: VaultAnswer, { outcome, blind, payload }: ReplyContent): boolean {
  return (
    equal(outcomeLeaf(outcome, blind), answer.leaf) &&
    outcome.position === answer.position &&
    equal(outcome.requestHash, requestHash(request)) &&
    outcome.type === request.type &&
    equal(outcome.payloadHash, payloadHash(payload))
  );
}

/**
 * Step 4: a bad element is as good as none, and its HSM a suspect. So is one that sends the blinded element back: a
 * reflected element puts the code's own hash where a secret of the fleet should be.
 */
function partialOf(request: Request, partial: Bytes) {
  const own = blindedOf(request);
  return own !== undefined && equal(own, partial) ? undefined : accepted(() => decodeElement(partial));
}

/** The certified outcome of `open`, or the reason to turn away. No verdict is believed before step 3. */
export async function verifyAnswer(fleet: Fleet, open: OpenRequest, seen: Seen, body: Bytes): Promise<Verified> {
  const answer = accepted(() => decodeAnswer(body));
  if (answer === undefined) {
    throw lie("bad-answer");
  }
  const values = certified(fleet, open.request, seen, answer);
  if (!outcomeContained(values.outcomesRoot, answer.entrySize, answer.position, answer.leaf, answer.path)) {
    throw lie("bad-answer");
  }
  const contents = new Map<number, ReplyContent>();
  for (const reply of answer.replies) {
    // One an HSM: a host that repeats a reply must not make one HSM count twice.
    const content = contents.has(reply.index) ? undefined : await opened(open, answer, reply);
    if (content !== undefined) {
      contents.set(reply.index, content);
    }
  }
  const suspects: number[] = [];
  const partials: Partial[] = [];
  let first: ReplyContent | undefined;
  for (const [index, content] of contents) {
    if (!matches(open.request, answer, content)) {
      suspects.push(index);
      continue;
    }
    first ??= content;
    const element = content.partial === undefined ? undefined : partialOf(open.request, content.partial);
    if (element !== undefined) {
      partials.push({ index, element });
    } else if (content.partial !== undefined) {
      suspects.push(index);
    }
  }
  if (first === undefined) {
    throw lie("bad-answer");
  }
  return { values, outcome: first.outcome, payload: first.payload, partials, suspects };
}
