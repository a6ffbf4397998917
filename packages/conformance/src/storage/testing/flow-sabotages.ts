import { type FlowStep, type FlowStore, SalesAgentError } from "@salesagent/ports";
import { LONG_AGO } from "../sample-shared-state.js";
import { type FlowSabotage, withFlowStores } from "./flow-sabotage.js";

type Change = (flows: FlowStore) => Partial<FlowStore>;

const withFlows = (change: Change) =>
  withFlowStores(({ flows }) => ({ flows: { ...flows, ...change(flows) } }));

/** A run as it stands, or nothing where it can't be read. */
const look = (flows: FlowStore, id: string) => flows.get(id).catch(() => undefined);

/** Stores of runs that are broken. */
export const flowSabotages: Readonly<Record<string, FlowSabotage>> = {
  "takes progress under any fence": {
    create: withFlows((flows) => ({
      commit: async (write, call) => {
        const fence = (await look(flows, write.id))?.fence;
        await flows.commit({ ...write, fence: fence || write.fence }, call);
      },
    })),
    fails: [
      "flow-store/1, fences > refuses a worker whose run was claimed since, by whomever, and writes nothing",
      "flow-store/1, fences > refuses the last write of a worker whose run was claimed since",
      "flow-store/1, fences > refuses a fence that nobody was given",
      "flow-store/1, reopened runs > reopens a run once for each of its failures",
    ],
  },
  "lets anybody load": {
    create: withFlows(({ load, get }) => ({
      load: async (id, fence, call) => load(id, (await get(id, call))?.fence ?? fence, call),
    })),
    fails: [
      "flow-store/1, fences > refuses a worker whose run was claimed since, by whomever, and writes nothing",
      "flow-store/1, fences > refuses a fence that nobody was given",
    ],
  },
  "does not say that a write was fenced": {
    create: withFlows(({ commit }) => ({
      commit: (write, call) =>
        commit(write, call).catch((error: unknown) => {
          if (!SalesAgentError.is(error, "flow.fenced")) throw error;
        }),
    })),
    fails: [
      "flow-store/1, fences > refuses a worker whose run was claimed since, by whomever, and writes nothing",
      "flow-store/1, fences > takes the last write again, as when its answer was lost, and does it once",
      "flow-store/1, fences > refuses the last write of a worker whose run was claimed since",
      "flow-store/1, fences > refuses a fence that nobody was given",
      "flow-store/1, fences > refuses more progress of a run that was put to rest, or has ended, under the same fence",
      "flow-store/1, fences > names a run that is not there",
      "flow-store/1, reopened runs > reopens a run once for each of its failures",
      "flow-store/1, versions > changes the version and lets the run rest in one write, which may be made again",
    ],
  },
  "takes no progress once the lease is over": {
    create: withFlows((flows) => ({
      commit: async (write, call) => {
        const record = await look(flows, write.id);
        const isOver = record?.status === "running" && (record.dueAt ?? "") <= new Date().toISOString();
        await flows.commit(isOver ? { ...write, fence: 0 } : write, call);
      },
    })),
    fails: [
      "flow-queue/1, claims > never gives a run that has ended",
      "flow-store/1, progress > gives a claimed run what it goes on from: the last snapshot, what came after it, and steps",
      "flow-store/1, fences > refuses the last write of a worker whose run was claimed since",
      "flow-store/1, fences > takes the progress of a worker whose lease is over, while nobody else has claimed the run",
      "flow-store/1, versions > gives a run whose worker died after the change to workers of the new version only",
    ],
  },
  "numbers checkpoints by itself": {
    create: withFlows((flows) => ({
      commit: async (write, call) => {
        const { checkpoint } = write;
        const record = checkpoint === undefined ? undefined : await look(flows, write.id);
        const isNext = record?.fence === write.fence && Number.isInteger(checkpoint?.seq);
        if (checkpoint === undefined || record === undefined || !isNext) return flows.commit(write, call);
        await flows.commit({ ...write, checkpoint: { ...checkpoint, seq: record.seq + 1 } }, call);
      },
    })),
    fails: [
      "flow-store/1, progress > refuses a checkpoint that repeats a number or leaves one out, and nothing of that write stands",
      "flow-store/1, fences > takes the last write again, as when its answer was lost, and does it once",
      "flow-store/1, versions > changes the version and lets the run rest in one write, which may be made again",
    ],
  },
  "keeps the steps of a write that is refused": {
    create: withFlows(({ commit }) => ({
      commit: (write, call) =>
        commit(write, call).catch(async (error: unknown) => {
          const { id, fence, steps = [] } = write;
          const kept = steps.slice(0, 1);
          if (kept.length > 0) await commit({ id, fence, steps: kept }, call).catch(() => undefined);
          throw error;
        }),
    })),
    fails: [
      "flow-store/1, progress > refuses a step that is remembered already, and nothing of that write stands",
      "flow-store/1, progress > refuses a checkpoint that repeats a number or leaves one out, and nothing of that write stands",
      "flow-store/1, progress > refuses what is not progress, naming the field, and nothing of it stands",
    ],
  },
  "forgets the steps that come with a checkpoint": {
    create: withFlows(({ commit }) => ({
      commit: ({ steps, ...write }, call) => {
        const isKept = steps !== undefined && (write.checkpoint === undefined || write.rest !== undefined);
        return commit(isKept ? { ...write, steps } : write, call);
      },
    })),
    fails: [
      "flow-store/1, progress > remembers steps until a checkpoint takes their place, and not those of its own write",
    ],
  },
  "remembers steps beyond their checkpoint": {
    create: withFlows(({ commit, load }) => {
      const remembered: FlowStep[] = [];
      return {
        commit: async (write, call) => {
          await commit(write, call);
          for (const step of write.steps ?? []) {
            if (write.rest === undefined && !remembered.some(({ key }) => key === step.key)) {
              remembered.push(step);
            }
          }
        },
        load: async (id, fence, call) => {
          const state = await load(id, fence, call);
          return remembered.length > state.steps.length ? { ...state, steps: remembered } : state;
        },
      };
    }),
    fails: [
      "flow-store/1, progress > remembers steps until a checkpoint takes their place, and not those of its own write",
    ],
  },
  "takes a step twice": {
    create: withFlows((flows) => ({
      commit: async (write, call) => {
        const { id, fence, steps } = write;
        const before = await flows.load(id, fence).catch(() => undefined);
        const known = new Set((before?.steps ?? []).map(({ key }) => key));
        const unknown = steps?.filter(({ key }) => !known.has(key));
        const isResting = write.rest !== undefined || before?.record.status !== "running";
        await flows.commit(unknown === undefined || isResting ? write : { ...write, steps: unknown }, call);
      },
    })),
    fails: [
      "flow-store/1, progress > refuses a step that is remembered already, and nothing of that write stands",
      "flow-store/1, fences > takes the last write again, as when its answer was lost, and does it once",
    ],
  },
  "reads every delta, whatever snapshots there are": {
    create: withFlows(({ load, history }) => ({
      load: async (id, fence, call) => {
        const { snapshot, ...state } = await load(id, fence, call);
        if (snapshot === undefined) return state;
        return { ...state, snapshot, deltas: (await history(id, {}, call)).items };
      },
    })),
    fails: [
      "flow-store/1, progress > gives a claimed run what it goes on from: the last snapshot, what came after it, and steps",
      "flow-store/1, reopened runs > lets a run that failed go on from its last checkpoint, with its steps and events, without its error",
    ],
  },
  "takes a snapshot of null for none": {
    create: withFlows(({ load }) => ({
      load: async (id, fence, call) => {
        const { snapshot, ...state } = await load(id, fence, call);
        return snapshot === undefined || snapshot.snapshot === null ? state : { ...state, snapshot };
      },
    })),
    fails: [
      "flow-store/1, progress > gives a claimed run what it goes on from: the last snapshot, what came after it, and steps",
    ],
  },
  "gives the last checkpoint first": {
    create: withFlows(({ history }) => ({
      history: async (id, page, call) => {
        const { items, ...next } = await history(id, page, call);
        return { items: [...items].reverse(), ...next };
      },
    })),
    fails: [
      "flow-store/1, progress > gives a claimed run what it goes on from: the last snapshot, what came after it, and steps",
      "flow-store/1, progress > refuses a checkpoint that repeats a number or leaves one out, and nothing of that write stands",
    ],
  },
  "refuses the last write when it is made again": {
    create: withFlows(({ commit }) => {
      const written = new Set<unknown>();
      return {
        commit: async (write, call) => {
          const fence = written.has(write) ? -1 : write.fence;
          written.add(write);
          if (fence < 0) throw new Error("it was written");
          await commit(write, call);
        },
      };
    }),
    fails: [
      "flow-store/1, fences > takes the last write again, as when its answer was lost, and does it once",
      "flow-store/1, fences > refuses the last write of a worker whose run was claimed since",
      "flow-store/1, versions > changes the version and lets the run rest in one write, which may be made again",
    ],
  },
  "ends a run that should wait": {
    create: withFlows(({ commit }) => ({
      commit: (write, call) =>
        commit(write.rest?.status === "waiting" ? { ...write, rest: { status: "cancelled" } } : write, call),
    })),
    fails: [
      "flow-queue/1, claims > gives the earliest due first, of whatever tenant and kind, and as many as are asked for",
      "flow-store/1, progress > refuses what is not progress, naming the field, and nothing of it stands",
      "flow-store/1, progress > ends the lease with a rest: what is pending and what waits is due at its time, and not before",
      "flow-store/1, progress > takes runs up again when their time has come, with nothing left of their waiting",
      "flow-store/1, fences > refuses more progress of a run that was put to rest, or has ended, under the same fence",
      "flow-store/1, events > wakes a run that waits for the event, and gives the event to who claims it",
      "flow-store/1, events > keeps an event that the run does not wait for, and wakes nobody",
      "flow-store/1, events > makes a run due at once when it begins to wait for what came before",
      "flow-store/1, events > lets a run wait for an event that it takes in with the same write",
      "flow-store/1, events > does not move what is due already",
      "flow-store/1, stops > makes a run at rest due, so that a worker can end it, and tells who asked, when and why",
      "flow-store/1, stops > makes a stopped run that would rest due at once",
      "flow-queue/1, waits > wakes who waits when a run is delivered what it waits for",
      "flow-queue/1, waits > wakes who waits when a run is asked to stop",
      "flow stores, callers that overlap in time > loses no event that comes just while its run begins to wait",
      "transactions over flows, effects and approvals > shows a transaction its own changes, and nobody else, queues neither, before it ends",
      "transactions over flows, effects and approvals > takes decision and answer together, so that a run wakes to a decision that stands",
      "flow stores, lifecycle > refuse text with a NUL character, naming the field, and write nothing",
      "flow stores, tenants > wake only their own runs",
    ],
  },
  "puts ended runs back": {
    create: withFlows(({ commit }) => ({
      commit: (write, call) =>
        commit(
          write.rest?.status === "cancelled"
            ? { ...write, rest: { status: "pending", dueAt: LONG_AGO } }
            : write,
          call,
        ),
    })),
    fails: [
      "flow-queue/1, claims > never gives a run that has ended",
      "flow-store/1, fences > refuses more progress of a run that was put to rest, or has ended, under the same fence",
      "flow-store/1, stops > makes a run at rest due, so that a worker can end it, and tells who asked, when and why",
      "flow-store/1, stops > tells the worker of a running run by its next renewal, and leaves it the run to end",
      "flow stores, callers that overlap in time > lets either the worker write or the next one claim, never both under one fence",
    ],
  },
};
