import type { FlowClaim, FlowQueue, FlowStart, FlowStore } from "@salesagent/ports";

/** The graph of the runs of tests, as workers want it. */
export const SALES = [{ name: "sales", versions: ["1"] }] as const;

const LONG_LEASE_MS = 3_600_000;

/** A run of tests, due at once. */
export function flowStart(id: string, changes: Partial<FlowStart> = {}): FlowStart {
  return { id, graph: "sales", version: "1", input: { company: "Fjord" }, ...changes };
}

type Want = Parameters<FlowQueue["claim"]>[0];

export function want(changes: Partial<Want> = {}): Want {
  return { owner: "worker", leaseMs: LONG_LEASE_MS, limit: 1000, graphs: SALES, ...changes };
}

/** Creates a run and claims it; nothing else may be due. */
export async function begin(
  flows: FlowStore,
  queue: FlowQueue,
  id: string,
  changes: Partial<Want> = {},
): Promise<FlowClaim> {
  await flows.create(flowStart(id));
  const claims = await queue.claim(want(changes));
  const claim = claims.find((candidate) => candidate.id === id);
  if (claim === undefined) throw new Error(`run ${id} was not claimed`);
  return claim;
}
