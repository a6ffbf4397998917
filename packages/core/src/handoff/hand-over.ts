import {
  type AuditRecord,
  type Clock,
  type JobEngine,
  type JsonValue,
  SalesAgentError,
  type Storage,
  type TenantStores,
} from "@salesagent/ports";
import type { HandoffRequest, HandoffTicket } from "../agent/handoff-queue.js";
import type { EffectScope } from "../effects/index.js";
import { canonicalJson } from "../kernel/canonical-json.js";
import { sha256Base64Url } from "../kernel/sha256.js";
import { toRecord } from "../kernel/to-record.js";
import type { Span, Telemetry } from "../telemetry/telemetry.js";
import { type Handoff, toJob } from "./handoff.js";
import { tooDeep, unknownAgent } from "./handoff-errors.js";
import { pathTo, type ReceivedRun } from "./handoff-path.js";
import { newRecord } from "./handoff-records.js";

/** What handoffs are made with, nothing left out. */
export interface HandoffMeans {
  readonly jobs: JobEngine;
  readonly storage: Pick<Storage, "tenant">;
  readonly queue: string;
  readonly maxDepth: number;
  readonly clock: Clock;
  readonly createId: () => string;
  readonly telemetry: Telemetry;
  /** Runs of this process that work on handoffs, by their ids. */
  readonly received: Map<string, ReceivedRun>;
}

/**
 * Hands work over: its record, its job and its audit record stand together, or none of them.
 *
 * @param known - The agents there are; nothing where the sender does not know them.
 */
export async function handOver(
  means: HandoffMeans,
  known: readonly string[] | undefined,
  agent: string,
  payload: JsonValue,
  request: HandoffRequest,
): Promise<HandoffTicket | undefined> {
  request.signal?.throwIfAborted();
  if (known && !known.includes(agent)) throw unknownAgent(agent, known);
  const path = await pathOf(means, request);
  if (path.length > means.maxDepth) throw tooDeep(agent, path, means.maxDepth);
  const runId = request.scope ? await scopedId(request.tenant, agent, request.scope) : means.createId();
  const span = startSpan(means.telemetry, agent, runId, request.traceparent);
  try {
    // Where nobody here traces, the trace of who hands over goes on all the same.
    const traceparent = span.traceparent ?? request.traceparent;
    const handoff = toHandoff(runId, agent, payload, path, { ...request, traceparent });
    return (await enqueue(means, handoff, request)) ? { runId, agent } : undefined;
  } catch (error) {
    span.fail(SalesAgentError.is(error) ? error.code : "internal");
    throw error;
  } finally {
    span.end();
  }
}

async function pathOf({ received, storage, maxDepth }: HandoffMeans, request: HandoffRequest) {
  if (!request.from) return [];
  const { runs } = request.in ?? storage.tenant(request.tenant);
  // Between two agents on record stands the record of the handoff.
  return pathTo(request.from, received, runs, 2 * (maxDepth + 1));
}

async function scopedId(tenant: string, agent: string, { runId, step }: EffectScope): Promise<string> {
  return `handoff-${await sha256Base64Url(canonicalJson([tenant, agent, runId, step]) ?? "")}`;
}

function startSpan(
  telemetry: Telemetry,
  agent: string,
  runId: string,
  traceparent: string | undefined,
): Span {
  const around = traceparent === undefined ? undefined : telemetry.remoteSpan?.(traceparent);
  const attributes = { "gen_ai.agent.name": agent, "salesagent.handoff.id": runId };
  return telemetry.startSpan(`hand_over ${agent}`, "internal", attributes, around);
}

function toHandoff(
  runId: string,
  agent: string,
  payload: JsonValue,
  path: readonly string[],
  request: HandoffRequest,
): Handoff {
  const { priority = 0, from, leadId, campaignId, threadId, traceparent, waiter } = request;
  return {
    ...{ runId, agent, payload: toRecord(payload), path, priority },
    ...(from?.runId !== undefined && { parentRunId: from.runId }),
    ...(leadId !== undefined && { leadId }),
    ...(campaignId !== undefined && { campaignId }),
    ...(threadId !== undefined && { threadId }),
    ...(traceparent !== undefined && { traceparent }),
    ...(waiter !== undefined && { waiter }),
  };
}

/** @returns False when work of the same key waits or runs. */
async function enqueue(means: HandoffMeans, handoff: Handoff, request: HandoffRequest): Promise<boolean> {
  if (request.in) return enqueueIn(means, handoff, request, request.in);
  const { tenant, signal, scope } = request;
  const tenantStorage = means.storage.tenant(tenant);
  try {
    return await tenantStorage.transaction((stores) => enqueueIn(means, handoff, request, stores), {
      isolation: "read-committed",
      signal,
    });
  } catch (error) {
    // Somebody else handed the same work over meanwhile.
    const isThere = scope && SalesAgentError.is(error, "store.invalid");
    if (isThere && (await tenantStorage.runs.get(handoff.runId))) return true;
    throw error;
  }
}

async function enqueueIn(
  { jobs, queue, clock, createId }: HandoffMeans,
  handoff: Handoff,
  { tenant, signal, delayMs, key, scope, from }: HandoffRequest,
  stores: TenantStores,
): Promise<boolean> {
  if (scope && (await stores.runs.get(handoff.runId, { signal }))) return true;
  const job = toJob(handoff, { queue, tenant, delayMs, key: key ?? (scope && handoff.runId) });
  const jobId = await jobs.enqueue(job, { in: stores, signal });
  // Without a key of the caller's own, what holds the key is this very work.
  if (jobId === undefined) return key === undefined;
  await stores.runs.create(newRecord(handoff, clock), { signal });
  const audit: AuditRecord = {
    id: createId(),
    at: new Date(clock.now()).toISOString(),
    actor: from ? `agent:${from.agent}` : "host",
    action: "task-handed-off",
    subject: `agent:${handoff.agent}`,
    ...(from?.runId !== undefined && { runId: from.runId }),
    facts: { handoff: handoff.runId, path: handoff.path, priority: handoff.priority },
  };
  await stores.audit.addMany([audit], { signal });
  return true;
}
