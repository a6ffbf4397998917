import type { FlowRecord, FlowStore } from "@salesagent/ports";
import { type FlowSabotage, withFlowStores, withQueue } from "./flow-sabotage.js";

type Change = (flows: FlowStore) => Partial<FlowStore>;

const withFlows = (change: Change) =>
  withFlowStores(({ flows }) => ({ flows: { ...flows, ...change(flows) } }));

/** Whether a run waits for an event by now. */
async function waitsFor(flows: FlowStore, id: string, name: string): Promise<boolean> {
  const record = await flows.get(id).catch(() => undefined);
  return record?.awaiting.includes(name) ?? false;
}

const isAtRest = (record: FlowRecord | undefined) =>
  record?.status === "waiting" || record?.status === "pending";

/** Stores of runs that lose, repeat or mix up what comes from outside. */
export const flowEventSabotages: Readonly<Record<string, FlowSabotage>> = {
  "loses an event that comes before its run waits": {
    create: withFlows((flows) => ({
      deliver: async (id, event, call) => {
        if (await waitsFor(flows, id, event.name)) return flows.deliver(id, event, call);
        const isThere = await flows.deliver(id, event, call);
        const record = await flows.get(id);
        if (record?.status === "running") {
          await flows.commit({ id, fence: record.fence, taken: [event.name] });
        }
        return isThere;
      },
    })),
    fails: [
      "flow-store/1, reopened runs > lets a run that failed go on from its last checkpoint, with its steps and events, without its error",
      "flow-store/1, events > keeps an event that the run does not wait for, and wakes nobody",
      "flow-store/1, events > makes a run due at once when it begins to wait for what came before",
      "flow-store/1, events > gives events oldest first until they are taken in, and passes over a name that is there",
      "flow stores, callers that overlap in time > keeps one of many events of a name, and all of many names",
    ],
  },
  "lets a run sleep that begins to wait for what came before": {
    create: withFlows((flows) => ({
      commit: async (write, call) => {
        const { rest, taken = [] } = write;
        if (rest?.status !== "waiting") return flows.commit(write, call);
        const events = (await flows.load(write.id, write.fence).catch(() => undefined))?.events ?? [];
        const there = events.map(({ name }) => name).filter((name) => !taken.includes(name));
        const awaiting = rest.awaiting.filter((name) => !there.includes(name));
        await flows.commit({ ...write, rest: { ...rest, awaiting } }, call);
      },
    })),
    fails: ["flow-store/1, events > makes a run due at once when it begins to wait for what came before"],
  },
  "wakes a run for whatever event": {
    create: withFlows((flows) => ({
      deliver: async (id, event, call) => {
        const isThere = await flows.deliver(id, event, call);
        const name = (await flows.get(id))?.awaiting[0];
        if (isThere && name !== undefined && name !== event.name) {
          await flows.deliver(id, { ...event, name }, call);
        }
        return isThere;
      },
    })),
    fails: [
      "flow-store/1, events > wakes a run that waits for the event, and gives the event to who claims it",
      "flow-store/1, events > keeps an event that the run does not wait for, and wakes nobody",
    ],
  },
  "wakes nobody by an event": {
    create: withFlows((flows) => ({
      deliver: async (id, event, call) =>
        (await waitsFor(flows, id, event.name)) || flows.deliver(id, event, call),
    })),
    fails: [
      "flow-store/1, events > wakes a run that waits for the event, and gives the event to who claims it",
      "flow-store/1, events > lets a run wait for an event that it takes in with the same write",
      "flow-queue/1, waits > wakes who waits when a run is delivered what it waits for",
      "flow stores, callers that overlap in time > loses no event that comes just while its run begins to wait",
      "transactions over flows, effects and approvals > shows a transaction its own changes, and nobody else, queues neither, before it ends",
      "transactions over flows, effects and approvals > takes decision and answer together, so that a run wakes to a decision that stands",
      "flow stores, tenants > wake only their own runs",
    ],
  },
  "gives events again that were taken in": {
    create: withFlows(({ commit }) => ({
      commit: ({ taken, ...write }, call) =>
        commit(
          taken?.[0] === "a" && write.rest === undefined ? write : { ...write, ...(taken && { taken }) },
          call,
        ),
    })),
    fails: [
      "flow-store/1, events > gives events oldest first until they are taken in, and passes over a name that is there",
    ],
  },
  "takes in no event with the write that waits for another": {
    create: withFlows(({ commit }) => ({
      commit: ({ taken, ...write }, call) =>
        commit(write.rest?.status === "waiting" ? write : { ...write, ...(taken && { taken }) }, call),
    })),
    fails: ["flow-store/1, events > lets a run wait for an event that it takes in with the same write"],
  },
  "puts the last event of a name in the place of the first": {
    create: withFlows((flows) => {
      const last = new Map<string, Parameters<FlowStore["deliver"]>[1]>();
      return {
        deliver: (id, event, call) => {
          last.set(`${id}/${event.name}`, event);
          return flows.deliver(id, event, call);
        },
        load: async (id, fence, call) => {
          const state = await flows.load(id, fence, call);
          return { ...state, events: state.events.map((event) => last.get(`${id}/${event.name}`) ?? event) };
        },
      };
    }),
    fails: [
      "flow-store/1, events > gives events oldest first until they are taken in, and passes over a name that is there",
    ],
  },
  "gives the last event first": {
    create: withFlows(({ load }) => ({
      load: async (id, fence, call) => {
        const state = await load(id, fence, call);
        return { ...state, events: [...state.events].reverse() };
      },
    })),
    fails: [
      "flow-store/1, events > gives events oldest first until they are taken in, and passes over a name that is there",
    ],
  },
  "says of every event that it came": {
    create: withFlows(({ deliver }) => ({
      deliver: async (id, event, call) => (await deliver(id, event, call)) || true,
    })),
    fails: [
      "flow-store/1, events > takes no event for a run that is not there or has ended",
      "flow stores, tenants > keep runs apart, though their ids are the same",
    ],
  },
  "says of every stop that it was heard": {
    create: withFlows(({ stop }) => ({ stop: async (id, why, call) => (await stop(id, why, call)) || true })),
    fails: [
      "flow-store/1, stops > keeps who asked first, and says no of a run that is not there or has ended",
      "flow stores, tenants > keep runs apart, though their ids are the same",
    ],
  },
  "does not tell who stopped a run": {
    create: withFlows(({ load }) => ({
      load: async (id, fence, call) => {
        const { record, ...state } = await load(id, fence, call);
        const { stop: _stop, ...rest } = record;
        return { ...state, record: rest };
      },
    })),
    fails: [
      "flow-store/1, stops > makes a run at rest due, so that a worker can end it, and tells who asked, when and why",
    ],
  },
  "tells who stopped a run last": {
    create: withFlows(({ stop, get }) => {
      let last = "";
      return {
        stop: (id, why, call) => {
          last = why.by;
          return stop(id, why, call);
        },
        get: async (id, call) => {
          const record = await get(id, call);
          return record?.stop === undefined ? record : { ...record, stop: { ...record.stop, by: last } };
        },
      };
    }),
    fails: [
      "flow-store/1, stops > keeps who asked first, and says no of a run that is not there or has ended",
    ],
  },
  "lets a run sleep that was asked to stop": {
    create: withFlows((flows) => {
      const stops = new Map<string, NonNullable<FlowRecord["stop"]>>();
      return {
        stop: async (id, why, call) => {
          if (!isAtRest(await flows.get(id).catch(() => undefined))) return flows.stop(id, why, call);
          stops.set(id, { ...why, at: new Date().toISOString() });
          return true;
        },
        get: async (id, call) => {
          const record = await flows.get(id, call);
          const stop = stops.get(id);
          return record === undefined || stop === undefined ? record : { ...record, stop };
        },
      };
    }),
    fails: [
      "flow-store/1, stops > makes a run at rest due, so that a worker can end it, and tells who asked, when and why",
      "flow-queue/1, waits > wakes who waits when a run is asked to stop",
      "flow stores, tenants > keep runs apart, though their ids are the same",
    ],
  },
  "forgets that a run should stop when it rests": {
    create: withFlows((flows) => {
      const stops = new Map<string, NonNullable<FlowRecord["stop"]>>();
      const told = (record: FlowRecord): FlowRecord => {
        const stop = stops.get(record.id);
        return stop === undefined ? record : { ...record, stop };
      };
      return {
        stop: async (id, why, call) => {
          const record = await flows.get(id).catch(() => undefined);
          if (record?.status !== "running") return flows.stop(id, why, call);
          if (!stops.has(id)) stops.set(id, { ...why, at: record.updatedAt });
          return true;
        },
        get: async (id, call) => {
          const record = await flows.get(id, call);
          return record === undefined ? undefined : told(record);
        },
      };
    }),
    fails: [
      "flow-store/1, reopened runs > forgets the end that was asked for of a run that failed",
      "flow-store/1, stops > tells the worker of a running run by its next renewal, and leaves it the run to end",
      "flow-store/1, stops > prolongs the lease of a stopped run for its worker, and lets another end it when that one is gone",
      "flow-store/1, stops > makes a stopped run that would rest due at once",
      "flow-store/1, stops > keeps who asked first, and says no of a run that is not there or has ended",
      "flow stores, lifecycle > refuse text with a NUL character, naming the field, and write nothing",
    ],
  },
  "does not tell workers of stops": {
    create: withQueue(({ renew }) => ({
      renew: async (claims, leaseMs, call) =>
        (await renew(claims, leaseMs, call)).filter(({ reason }) => reason !== "stopped"),
    })),
    fails: [
      "flow-store/1, stops > tells the worker of a running run by its next renewal, and leaves it the run to end",
      "flow-store/1, stops > prolongs the lease of a stopped run for its worker, and lets another end it when that one is gone",
    ],
  },
  "ends the lease of a stopped run": {
    create: withQueue(({ renew }) => ({
      renew: async (claims, leaseMs, call) => {
        const lost = await renew(claims, 0, call);
        const stopped = new Set(lost.flatMap(({ id, reason }) => (reason === "stopped" ? [id] : [])));
        return [
          ...lost.filter(({ id }) => stopped.has(id)),
          ...(await renew(
            claims.filter(({ id }) => !stopped.has(id)),
            leaseMs,
            call,
          )),
        ];
      },
    })),
    fails: [
      "flow-store/1, stops > prolongs the lease of a stopped run for its worker, and lets another end it when that one is gone",
    ],
  },
};
