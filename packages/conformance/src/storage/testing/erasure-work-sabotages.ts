import { type FlowCheckpoint, SalesAgentError } from "@salesagent/ports";
import { ADA } from "../sample-person.js";
import { FAR_AHEAD } from "../sample-shared-state.js";
import { afterErase, withErase } from "./erasure-sabotage.js";
import { type Sabotage, withTenants } from "./sabotage.js";

/** Stores that erase a person in runs of graphs, effects and approvals the wrong way. */
export const erasureWorkSabotages: Readonly<Record<string, Sabotage>> = {
  "leaves the checkpoints of runs": {
    create: withTenants(() => {
      const kept = new Map<string, readonly FlowCheckpoint[]>();
      return ({ erasure, flows }) => ({
        erasure: {
          ...erasure,
          erase: async (person, call) => {
            for (const { id } of (await flows.list()).items) kept.set(id, (await flows.history(id)).items);
            return erasure.erase(person, call);
          },
        },
        flows: {
          ...flows,
          history: async (id, page, call) => {
            const found = await flows.history(id, page, call);
            return found.items.length > 0 ? found : { items: kept.get(id) ?? [] };
          },
        },
      });
    }),
    fails: [
      "erasure-store/1 > erases what it found, tells it as it was found, and leaves no mention",
      "erasure-store/1 > finds nothing once it erased, and erases nothing more",
      "erasure-store/1, durable work > empties runs that have ended, and keeps their records",
      "erasure-store/1, durable work > cancels runs that have not ended, wherever they rest, and says by whom",
    ],
  },
  "lets the worker of a run that it cancelled write": {
    create: afterErase(({ flows }, isErased) => ({
      flows: {
        ...flows,
        commit: async (write, call) => {
          try {
            await flows.commit(write, call);
          } catch (error) {
            if (!isErased() || !SalesAgentError.is(error, "flow.fenced")) throw error;
          }
        },
      },
    })),
    fails: [
      "erasure-store/1, durable work > fences the worker of a run that goes on, so that nothing of it comes back",
    ],
  },
  "lets a run be reopened that it emptied": {
    create: afterErase(({ flows }, isErased) => ({
      flows: {
        ...flows,
        reopen: async (id, call) => (await flows.reopen(id, call)) || (isErased() && id === "failed"),
      },
    })),
    fails: ["erasure-store/1, durable work > empties runs that have ended, and keeps their records"],
  },
  "does not look at the threads that are named": {
    create: withErase(
      ({ erasure }) =>
        ({ threadIds: _threadIds, ...person }, call) =>
          erasure.erase(person, call),
    ),
    fails: [
      "erasure-store/1 > refuses a person who can't be looked for, naming the field, and changes nothing",
      "erasure-store/1, records > drops the person's threads with their summaries, named ones and those whose id mentions them",
      "erasure-store/1, records > drops facts of the person's subjects and threads, and the vectors that name these, whatever they say",
      "erasure-store/1, durable work > empties the runs of the person's threads, and no others",
    ],
  },
  "forgets effects that it erased": {
    create: withErase(({ erasure, retention }) => async (person, call) => {
      const records = await erasure.erase(person, call);
      await retention.prune({ effects: FAR_AHEAD }, call);
      return records;
    }),
    fails: [
      "erasure-store/1, durable work > leaves effects settled under their keys, so that none is done again",
    ],
  },
  "lets an approval be used whose arguments it erased": {
    create: afterErase(({ approvals }, isErased) => ({
      approvals: {
        ...approvals,
        use: async (id, hash, call) => {
          const record = await approvals.get(id, call);
          const stands = isErased() && id === "approved" && record?.argumentsHash === hash;
          return stands ? record : approvals.use(id, hash, call);
        },
      },
    })),
    fails: [
      "erasure-store/1, durable work > refuses approvals that wait, for a decision or for their use, and leaves those that are over",
    ],
  },
  "refuses approvals for the name of who decided": {
    create: withErase(({ erasure, approvals }) => async (person, call) => {
      const { items } = await approvals.list({ status: "approved" }, {}, call);
      const records = await erasure.erase(person, call);
      for (const { id, decidedBy, argumentsHash } of items) {
        if (decidedBy?.includes(ADA) === true) await approvals.use(id, argumentsHash, call);
      }
      return records;
    }),
    fails: [
      "erasure-store/1, durable work > takes the name of a person who decided from an approval, which stays good",
    ],
  },
};
