import type { FlowStore } from "@salesagent/ports";
import { FAR_AHEAD } from "../sample-shared-state.js";
import { type FlowSabotage, withFlowStores } from "./flow-sabotage.js";

type Change = (flows: FlowStore) => Partial<FlowStore>;

const withFlows = (change: Change) =>
  withFlowStores(({ flows }) => ({ flows: { ...flows, ...change(flows) } }));

/** Stores of runs that mix up beginnings, lists, tenants and transactions. */
export const flowRecordSabotages: Readonly<Record<string, FlowSabotage>> = {
  "says of every run that it is new": {
    create: withFlows(({ create }) => ({
      create: async (start, call) => (await create(start, call)) || true,
    })),
    fails: ["flow-store/1 > creates a run once, and keeps the first of an id, however far it has come"],
  },
  "starts every run at once": {
    create: withFlows(({ create }) => ({
      create: ({ dueAt, ...start }, call) =>
        create(dueAt === FAR_AHEAD ? start : { ...start, ...(dueAt === undefined ? {} : { dueAt }) }, call),
    })),
    fails: [
      "flow-queue/1, claims > passes over a run whose time has not come",
      "flow-store/1, reopened runs > reopens no run that has not failed, and none that is not there",
      "flow stores, tenants > keep runs apart, though their ids are the same",
    ],
  },
  "forgets the output of a run that gave null": {
    create: withFlows(({ get }) => ({
      get: async (id, call) => {
        const record = await get(id, call);
        if (record?.output !== null) return record;
        const { output: _output, ...rest } = record;
        return rest;
      },
    })),
    fails: [
      "flow-store/1 > keeps whatever JSON inputs and outputs hold, and tells an output of null from none",
      "flow-queue/1, claims > never gives a run that has ended",
    ],
  },
  "lists the earliest runs first": {
    create: withFlows(({ list }) => ({
      list: async (filter, page, call) => {
        const { items, ...next } = await list(filter, page, call);
        return { items: [...items].reverse(), ...next };
      },
    })),
    fails: [
      "flow-store/1 > lists the latest creation first, page by page",
      "flow-store/1 > lists by graph, status, thread and parent",
    ],
  },
  "lists the parts of every run": {
    create: withFlows(({ list }) => ({
      list: ({ parentId, ...filter } = {}, page, call) =>
        list(parentId === "1" ? filter : { ...filter, parentId }, page, call),
    })),
    fails: ["flow-store/1 > lists by graph, status, thread and parent"],
  },
  "reads the runs of another tenant": {
    create: withFlowStores(({ tenant, flows }, storage) => ({
      flows: {
        ...flows,
        get: (id, call) => (tenant === "other" ? storage.tenant("acme").flows : flows).get(id, call),
      },
    })),
    fails: ["flow stores, tenants > keep runs apart, though their ids are the same"],
  },
  "delivers events to whatever tenant": {
    create: withFlowStores(({ tenant, flows }, storage) => ({
      flows: {
        ...flows,
        deliver: (id, event, call) =>
          (tenant === "other" ? storage.tenant("acme").flows : flows).deliver(id, event, call),
      },
    })),
    fails: [
      "flow stores, tenants > keep runs apart, though their ids are the same",
      "flow stores, tenants > wake only their own runs",
    ],
  },
  "keeps the runs of a failed transaction": {
    create: withTransactionOver("flows"),
    fails: [
      "transactions over flows, effects and approvals > puts back what was changed when the callback throws, and makes no run due",
      "transactions over flows, effects and approvals > shows a transaction its own changes, and nobody else, queues neither, before it ends",
      "transactions over flows, effects and approvals > refuses the stores of a transaction once it is over",
    ],
  },
  "keeps the effects of a failed transaction": {
    create: withTransactionOver("effects"),
    fails: [
      "transactions over flows, effects and approvals > puts back what was changed when the callback throws, and makes no run due",
      "transactions over flows, effects and approvals > shows a transaction its own changes, and nobody else, queues neither, before it ends",
      "transactions over flows, effects and approvals > refuses the stores of a transaction once it is over",
    ],
  },
  "keeps the approvals of a failed transaction": {
    create: withTransactionOver("approvals"),
    fails: [
      "transactions over flows, effects and approvals > puts back what was changed when the callback throws, and makes no run due",
      "transactions over flows, effects and approvals > shows a transaction its own changes, and nobody else, queues neither, before it ends",
      "transactions over flows, effects and approvals > refuses the stores of a transaction once it is over",
    ],
  },
};

/** A storage whose transactions leave out a store. */
function withTransactionOver(store: "flows" | "effects" | "approvals"): FlowSabotage["create"] {
  return () => {
    const storage = withFlowStores(() => ({}))();
    return {
      queue: storage.queue,
      [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
      tenant(id) {
        const tenant = storage.tenant(id);
        return {
          ...tenant,
          transaction: (work, call) =>
            tenant.transaction((stores) => work({ ...stores, [store]: tenant[store] }), call),
        };
      },
    };
  };
}
