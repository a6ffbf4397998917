import type { FlowStore, StoredError } from "@salesagent/ports";
import type { FlowStorage } from "../flow-suite.js";
import { type FlowSabotage, withFlowStores } from "./flow-sabotage.js";

const withFlows = (change: (flows: FlowStore, storage: FlowStorage) => Partial<FlowStore>) =>
  withFlowStores(({ flows }, storage) => ({ flows: { ...flows, ...change(flows, storage) } }));

const keptErrors = new WeakMap<FlowStorage, Map<string, StoredError>>();

/** Stores of runs that reopen or change the version of runs the wrong way. */
export const flowReopenSabotages: Readonly<Record<string, FlowSabotage>> = {
  "reopens no run": {
    create: withFlows((flows) => ({
      reopen: async (id, call) => {
        await flows.get(id, call);
        return false;
      },
    })),
    fails: [
      "flow-store/1, reopened runs > lets a run that failed go on from its last checkpoint, with its steps and events, without its error",
      "flow-store/1, reopened runs > lets a run that failed before its first checkpoint begin anew, its steps remembered",
      "flow-store/1, reopened runs > forgets the end that was asked for of a run that failed",
      "flow-store/1, reopened runs > reopens a run once for each of its failures",
    ],
  },
  "reopens a run that was completed": {
    create: withFlows((flows) => ({
      reopen: async (id, call) =>
        (await flows.reopen(id, call)) || (await flows.get(id, call))?.status === "completed",
    })),
    fails: ["flow-store/1, reopened runs > reopens no run that has not failed, and none that is not there"],
  },
  "says of every run that it was reopened": {
    create: withFlows((flows) => ({
      reopen: async (id, call) =>
        (await flows.reopen(id, call)) || (await flows.get(id, call))?.status === "pending",
    })),
    fails: [
      "flow-store/1, reopened runs > reopens no run that has not failed, and none that is not there",
      "flow-store/1, reopened runs > reopens a run once for each of its failures",
    ],
  },
  "keeps the error of a run that was reopened": {
    create: withFlows((flows, storage) => {
      const errors = keptErrors.get(storage) ?? new Map<string, StoredError>();
      keptErrors.set(storage, errors);
      return {
        reopen: async (id, call) => {
          const error = (await flows.get(id, call))?.error;
          if (error !== undefined) errors.set(id, error);
          return flows.reopen(id, call);
        },
        get: async (id, call) => {
          const record = await flows.get(id, call);
          const error = errors.get(id);
          return record?.status === "pending" && error !== undefined ? { ...record, error } : record;
        },
      };
    }),
    fails: [
      "flow-store/1, reopened runs > lets a run that failed go on from its last checkpoint, with its steps and events, without its error",
    ],
  },
  "asks for the end of a run once more that was reopened": {
    create: withFlows((flows) => ({
      reopen: async (id, call) => {
        const stop = (await flows.get(id, call))?.stop;
        const isReopened = await flows.reopen(id, call);
        if (stop !== undefined) await flows.stop(id, stop, call);
        return isReopened;
      },
    })),
    fails: ["flow-store/1, reopened runs > forgets the end that was asked for of a run that failed"],
  },
  "forgets that a run moved to another version": {
    create: withFlows((flows) => ({
      commit: async ({ version, ...write }, call) => {
        if (version !== undefined && write.checkpoint?.snapshot === undefined)
          return flows.commit({ ...write, version }, call);
        if (version?.includes("\0") === true) return flows.commit({ ...write, version }, call);
        return flows.commit(write, call);
      },
    })),
    fails: [
      "flow-store/1, versions > pins a run to another version with a checkpoint that holds a snapshot",
      "flow-store/1, versions > gives a run whose worker died after the change to workers of the new version only",
      "flow-store/1, versions > changes the version and lets the run rest in one write, which may be made again",
    ],
  },
  "takes another version without a snapshot": {
    create: withFlows((flows) => ({
      commit: ({ version, ...write }, call) =>
        flows.commit(
          version === undefined || write.checkpoint?.snapshot === undefined ? write : { ...write, version },
          call,
        ),
    })),
    fails: ["flow-store/1, versions > refuses another version without a snapshot, and writes nothing"],
  },
};
