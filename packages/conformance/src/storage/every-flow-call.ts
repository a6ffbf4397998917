import type { CallOptions, FlowClaim, FlowQueue } from "@salesagent/ports";
import type { FlowStores } from "./flow-suite.js";
import { LONG_LEASE_MS, sampleApproval, sampleEffect, sampleStart, sampleWant } from "./sample-flows.js";
import { FAR_AHEAD } from "./sample-shared-state.js";

const NOBODYS: FlowClaim = { tenant: "acme", id: "flow-0", graph: "sales", version: "1", fence: 1 };

/** A call of each method of each store, by name. */
export function everyFlowCall(
  { flows, effects, approvals }: FlowStores,
  call?: CallOptions,
): Readonly<Record<string, () => Promise<unknown>>> {
  return {
    "flows.create": () => flows.create(sampleStart("flow-1"), call),
    "flows.get": () => flows.get("flow-1", call),
    "flows.load": () => flows.load("flow-1", 0, call),
    "flows.commit": () => flows.commit({ id: "flow-1", fence: 1 }, call),
    "flows.deliver": () => flows.deliver("flow-1", { name: "answer", payload: 1 }, call),
    "flows.stop": () => flows.stop("flow-1", { by: "ada", reason: "enough" }, call),
    "flows.reopen": () => flows.reopen("flow-1", call),
    "flows.list": () => flows.list({}, {}, call),
    "flows.history": () => flows.history("flow-1", {}, call),
    "effects.claim": () => effects.claim(sampleEffect("effect-1"), call),
    "effects.renew": () => effects.renew("effect-1", "actor", FAR_AHEAD, call),
    "effects.settle": () => effects.settle("effect-1", "actor", { status: "done", result: 1 }, call),
    "effects.reconcile": () => effects.reconcile("effect-1", "looker", FAR_AHEAD, call),
    "effects.get": () => effects.get("effect-1", call),
    "effects.list": () => effects.list({}, {}, call),
    "effects.countDone": () => effects.countDone({ target: "ada", since: FAR_AHEAD }, call),
    "approvals.request": () => approvals.request(sampleApproval("approval-1"), call),
    "approvals.decide": () => approvals.decide("approval-1", { status: "approved", by: "ada" }, call),
    "approvals.use": () => approvals.use("approval-1", "hash", call),
    "approvals.get": () => approvals.get("approval-1", call),
    "approvals.list": () => approvals.list({}, {}, call),
  };
}

/** A call of each method of the queue, by name. */
export function everyQueueCall(
  queue: FlowQueue,
  call?: CallOptions,
): Readonly<Record<string, () => Promise<unknown>>> {
  return {
    "queue.claim": () => queue.claim(sampleWant(), call),
    "queue.renew": () => queue.renew([NOBODYS], LONG_LEASE_MS, call),
    "queue.wait": () => queue.wait(0, call),
  };
}

/** All that the stores of a tenant hold, as far as lists and the samples' names tell. */
export async function readFlowState({ flows, effects, approvals }: FlowStores): Promise<unknown> {
  const { items } = await flows.list();
  return {
    flows: await Promise.all(items.map(({ id, fence }) => flows.load(id, fence))),
    histories: await Promise.all(items.map(async ({ id }) => (await flows.history(id)).items)),
    effects: (await effects.list()).items,
    approvals: (await approvals.list()).items,
  };
}
