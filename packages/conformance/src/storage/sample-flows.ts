import type {
  ApprovalRecord,
  EffectRecord,
  EffectStore,
  FlowCheckpoint,
  FlowClaim,
  FlowQueue,
  FlowStart,
  FlowStep,
  FlowStore,
} from "@salesagent/ports";
import { at } from "./sample-records.js";
import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";

/** An instant that is over by any clock, `second` seconds after the first of them. */
export function longAgo(second: number): string {
  return new Date(Date.parse(LONG_AGO) + second * 1000).toISOString();
}

/** Longer than any case lasts. */
export const LONG_LEASE_MS = 3_600_000;

/** The graph of the sample runs, as workers want it. */
const SALES = [{ name: "sales", versions: ["1"] }] as const;

export function sampleStart(id: string, changes: Partial<FlowStart> = {}): FlowStart {
  return { id, graph: "sales", version: "1", input: { company: "Fjord" }, ...changes };
}

export function sampleCheckpoint(seq: number, changes: Partial<FlowCheckpoint> = {}): FlowCheckpoint {
  return { seq, delta: { writes: [`of ${seq}`] }, at: at(seq), ...changes };
}

export function sampleStep(key: string): FlowStep {
  return { key, value: { done: key } };
}

type Want = Parameters<FlowQueue["claim"]>[0];

export function sampleWant(changes: Partial<Want> = {}): Want {
  return { owner: "worker", leaseMs: LONG_LEASE_MS, limit: 100, graphs: SALES, ...changes };
}

/** Claims the one run that is due. */
export async function claimOne(queue: FlowQueue, changes: Partial<Want> = {}): Promise<FlowClaim> {
  const [claim] = await queue.claim(sampleWant(changes));
  if (claim === undefined) throw new Error("no run is due");
  return claim;
}

/** The ids of the runs that a claim is given. */
export async function claimIds(queue: FlowQueue, changes: Partial<Want> = {}): Promise<readonly string[]> {
  return (await queue.claim(sampleWant(changes))).map(({ id }) => id);
}

/** Creates a run and claims it. */
export async function begin(
  { flows, queue }: { readonly flows: FlowStore; readonly queue: FlowQueue },
  id: string,
  changes: Partial<Want> = {},
): Promise<FlowClaim> {
  await flows.create(sampleStart(id));
  return claimOne(queue, changes);
}

/** Creates a run that waits, for these events or until then. */
export async function beginWaiting(
  stores: { readonly flows: FlowStore; readonly queue: FlowQueue },
  id: string,
  awaiting: readonly string[],
  dueAt?: string,
): Promise<FlowClaim> {
  const claim = await begin(stores, id);
  const until = dueAt === undefined ? {} : { dueAt };
  await stores.flows.commit({ ...fenceOf(claim), rest: { status: "waiting", awaiting, ...until } });
  return claim;
}

/** What a write under a claim names it by. */
export function fenceOf({ id, fence }: FlowClaim): Pick<FlowClaim, "id" | "fence"> {
  return { id, fence };
}

type EffectSample = Pick<EffectRecord, "key" | "effect" | "target" | "input"> & {
  readonly runId?: string;
  readonly owner: string;
  readonly leaseUntil: string;
};

export function sampleEffect(key: string, changes: Partial<EffectSample> = {}): EffectSample {
  return {
    key,
    effect: "email_send",
    target: "ada@fjord.example",
    input: { subject: "Hello" },
    owner: "actor",
    leaseUntil: FAR_AHEAD,
    ...changes,
  };
}

/** Claims an effect whose actor dies at once. */
export async function claimAndDie(effects: EffectStore, key: string): Promise<void> {
  await effects.claim(sampleEffect(key, { owner: "dead", leaseUntil: LONG_AGO }));
}

type ApprovalSample = Omit<
  ApprovalRecord,
  "status" | "decidedBy" | "decidedAt" | "reason" | "editedArguments" | "editedArgumentsHash"
>;

export function sampleApproval(id: string, changes: Partial<ApprovalSample> = {}): ApprovalSample {
  return {
    id,
    agent: "bdr",
    tool: "email_send",
    callId: "call-1",
    argumentsHash: "hash",
    arguments: { to: "ada@fjord.example" },
    requestedAt: at(0),
    expiresAt: FAR_AHEAD,
    ...changes,
  };
}
