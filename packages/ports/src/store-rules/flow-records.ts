import { SalesAgentError } from "../error.js";
import type {
  FlowCheckpoint,
  FlowEvent,
  FlowQueue,
  FlowStart,
  FlowStep,
  FlowWrite,
} from "../stores/flow-store.js";
import { checkWhole, toInstant } from "./field-rules.js";
import { toNormalId } from "./shared-records.js";
import { toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

const LONGEST_LEASE_MS = 86_400_000;

type FlowRest = NonNullable<FlowWrite["rest"]>;
type FlowWant = Parameters<FlowQueue["claim"]>[0];

/** A claim as it is asked for, each graph and version once. */
export type NormalWant = Pick<FlowWant, "owner" | "leaseMs" | "limit"> & {
  readonly graphs: readonly { readonly graph: string; readonly version: string }[];
};

/** Somebody else works on the run since, or nobody does any more. */
export function flowFenced(runId: string, fence: number): SalesAgentError<"flow.fenced"> {
  return new SalesAgentError("flow.fenced", {
    message: `Run ${JSON.stringify(runId)} is not held under fence ${fence} any more: it was claimed again since, rests or has ended. Nothing was written. Leave it to whoever holds it.`,
    facts: { runId, fence },
    replay: "safe",
  });
}

/** @throws `store.invalid`. */
export function toNormalFlowStart(start: FlowStart): FlowStart {
  const { id, graph, version, input, threadId, parentId, dueAt } = start;
  const toName = (field: string, name: string) => toNormalId("flows", `start.${field}`, name);
  return Object.freeze({
    id: toName("id", id),
    graph: toName("graph", graph),
    version: toName("version", version),
    input: toStorable("flows", "start.input", input),
    ...(threadId === undefined ? {} : { threadId: toName("threadId", threadId) }),
    ...(parentId === undefined ? {} : { parentId: toName("parentId", parentId) }),
    ...(dueAt === undefined ? {} : { dueAt: toInstant("flows", "start.dueAt", dueAt) }),
  });
}

/** @throws `store.invalid`, also where two steps have one key, or a version comes without a snapshot. */
export function toNormalFlowWrite(write: FlowWrite): FlowWrite {
  const { id, fence, steps, checkpoint, taken, version, rest } = write;
  if (version !== undefined && checkpoint?.snapshot === undefined) {
    throw invalidValue("flows", "write.version", "it comes with a checkpoint that holds a snapshot");
  }
  return Object.freeze({
    id: toStorable("flows", "write.id", id),
    fence,
    ...(steps === undefined ? {} : { steps: toNormalSteps(steps) }),
    ...(checkpoint === undefined ? {} : { checkpoint: toNormalCheckpoint(checkpoint) }),
    ...(taken === undefined ? {} : { taken: toNames("write.taken", taken) }),
    ...(version === undefined ? {} : { version: toNormalId("flows", "write.version", version) }),
    ...(rest === undefined ? {} : { rest: toNormalRest(rest) }),
  });
}

/** @throws `store.invalid`. */
export function toNormalFlowEvent({ name, payload }: FlowEvent): FlowEvent {
  return Object.freeze({
    name: toNormalId("flows", "event.name", name),
    payload: toStorable("flows", "event.payload", payload),
  });
}

/** @throws `store.invalid`. */
export function toNormalStop(stop: { readonly by: string; readonly reason: string }): typeof stop {
  return Object.freeze({
    by: toNormalId("flows", "stop.by", stop.by),
    reason: toStorable("flows", "stop.reason", stop.reason),
  });
}

/** @throws `store.invalid`. */
export function toNormalWant({ owner, leaseMs, limit, graphs }: FlowWant): NormalWant {
  checkLease("want.leaseMs", leaseMs);
  checkWhole("queue", "want.limit", limit);
  const wanted = new Map<string, { readonly graph: string; readonly version: string }>();
  for (const [index, { name, versions }] of toStorable("queue", "want.graphs", graphs).entries()) {
    if (!Array.isArray(versions))
      throw invalidValue("queue", `want.graphs[${index}].versions`, "it is not a list");
    for (const version of versions) wanted.set(JSON.stringify([name, version]), { graph: name, version });
  }
  return Object.freeze({
    owner: toNormalId("queue", "want.owner", owner),
    leaseMs,
    limit,
    graphs: [...wanted.values()],
  });
}

/** Checks a lease: whole milliseconds up to a day. @throws `store.invalid`. */
export function checkLease(field: string, leaseMs: number): void {
  if (!Number.isInteger(leaseMs) || leaseMs < 0 || leaseMs > LONGEST_LEASE_MS) {
    throw invalidValue(
      "queue",
      field,
      `a lease is a whole number of milliseconds from 0 to ${LONGEST_LEASE_MS}`,
    );
  }
}

/** The step is remembered already, under the place that it has in the write. */
export function stepRemembered(index: number): SalesAgentError<"store.invalid"> {
  return invalidValue("flows", `write.steps[${index}].key`, "a step of this key is remembered already");
}

/** The checkpoint is not the one after the last. */
export function checkpointOutOfOrder(seq: number, last: number): SalesAgentError<"store.invalid"> {
  return invalidValue("flows", "write.checkpoint.seq", `it is ${seq}, and the next one is ${last + 1}`);
}

function toNormalSteps(steps: readonly FlowStep[]): readonly FlowStep[] {
  const keys = new Set<string>();
  const normal = steps.map(({ key, value }, index) => {
    const step = {
      key: toNormalId("flows", `write.steps[${index}].key`, key),
      value: toStorable("flows", `write.steps[${index}].value`, value),
    };
    if (keys.has(step.key)) throw stepRemembered(index);
    keys.add(step.key);
    return Object.freeze(step);
  });
  return Object.freeze(normal);
}

function toNormalCheckpoint({ seq, delta, snapshot, at }: FlowCheckpoint): FlowCheckpoint {
  checkWhole("flows", "write.checkpoint.seq", seq);
  return Object.freeze({
    seq,
    delta: toStorable("flows", "write.checkpoint.delta", delta),
    ...(snapshot === undefined
      ? {}
      : { snapshot: toStorable("flows", "write.checkpoint.snapshot", snapshot) }),
    at: toInstant("flows", "write.checkpoint.at", at),
  });
}

function toNames(field: string, names: readonly string[]): readonly string[] {
  return Object.freeze(names.map((name, index) => toNormalId("flows", `${field}[${index}]`, name)));
}

function toNormalRest(rest: FlowRest): FlowRest {
  const toTime = (dueAt: string) => toInstant("flows", "write.rest.dueAt", dueAt);
  switch (rest.status) {
    case "waiting": {
      const { status, dueAt } = rest;
      const awaiting = toNames("write.rest.awaiting", rest.awaiting);
      return Object.freeze({ status, awaiting, ...(dueAt === undefined ? {} : { dueAt: toTime(dueAt) }) });
    }
    case "pending":
      return Object.freeze({ status: rest.status, dueAt: toTime(rest.dueAt) });
    case "completed":
    case "failed":
    case "cancelled":
      return toStorable("flows", "write.rest", rest);
    default:
      throw invalidValue(
        "flows",
        "write.rest.status",
        "a run rests waiting or pending, or ends completed, failed or cancelled",
      );
  }
}
