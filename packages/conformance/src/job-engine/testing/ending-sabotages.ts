import type { Job } from "@salesagent/ports";
import { changingDead, type Sabotage } from "./job-sabotage.js";

/** Dead letters, schedules, drains and transactions that are broken. */
export const endingSabotages: Readonly<Record<string, Sabotage>> = {
  "lists the dead of all tenants": {
    change: changingDead((dead) => ({
      list: ({ queue } = {}, page, call) => dead.list(queue === undefined ? {} : { queue }, page, call),
    })),
    fails: [
      "dead letters > are listed by queue and tenant, page by page, each once",
      "forgetting > discards dead letters",
    ],
  },
  "forgets how often a dead job was tried": {
    change: changingDead((dead) => ({
      list: async (filter, page, call) => {
        const found = await dead.list(filter, page, call);
        return { ...found, items: found.items.map((item) => ({ ...item, attempts: 1 })) };
      },
    })),
    fails: ["dead letters > keep a job that used up its tries, with its payload and its last error"],
  },
  "discards a dead job whose key is taken when it is replayed": {
    change: changingDead((dead) => ({
      replay: async (id, call) => (await dead.replay(id, call)) || ((await dead.discard(id, call)) && false),
    })),
    fails: ["dead letters > stay where they are while another job of their key waits"],
  },
  "says that it discarded what isn't there": {
    change: changingDead((dead) => ({
      discard: async (id, call) => {
        await dead.discard(id, call);
        return true;
      },
    })),
    fails: [
      "dead letters > are gone once they are discarded",
      "dead letters > are not found by the id of a job that waits, nor by another text",
    ],
  },
  "runs all schedules in UTC": {
    change: (engine) => ({
      schedule: ({ zone, ...schedule }, call) =>
        engine.schedule(zone === "Asia/Kolkata" ? schedule : { ...schedule, ...(zone && { zone }) }, call),
    }),
    fails: ["schedules > go by the clocks of their zone"],
  },
  "keeps a schedule beside the one that replaces it": {
    change: (engine) => {
      let count = 0;
      return {
        schedule: (schedule, call) => {
          count += 1;
          const isNewOne = schedule.name === "one" && count === 3;
          return engine.schedule(isNewOne ? { ...schedule, name: "one more" } : schedule, call);
        },
      };
    },
    fails: ["schedules > give way to one of the same name"],
  },
  "never takes a schedule off": {
    change: () => ({
      unschedule: async (_name, call) => call?.signal?.throwIfAborted(),
    }),
    fails: [
      "schedules > end when they are taken off, which may be done twice",
      "stopping > drains its workers when it is closed, and refuses every call from then on",
    ],
  },
  "abandons what runs when it drains": {
    change: (engine) => ({
      work: async (queue, handler, options) => {
        const worker = await engine.work(queue, handler, options);
        const drain = () => worker.drain({ timeoutMs: 0 });
        return { drain, [Symbol.asyncDispose]: drain };
      },
    }),
    fails: [
      "stopping > drains: takes no more, waits for what runs, leaves the rest",
      "stopping > gives back what doesn't end in time, without counting the try",
    ],
  },
  "counts a try that it cut short": {
    change: (engine) => ({
      work: (queue, handler, options) => {
        const counted = (job: Job) =>
          handler(job.payload === "long" ? { ...job, attempt: job.attempt + 1 } : job);
        return engine.work(queue, counted, options);
      },
    }),
    fails: ["stopping > gives back what doesn't end in time, without counting the try"],
  },
  "says that it is durable": {
    change: () => ({ supports: { durable: true } }),
    fails: ["stopping > holds jobs, dead letters and schedules beyond its closing exactly when it says so"],
  },
  "enqueues outside of the transaction": {
    change: (engine) => ({
      enqueue: async (job, options) => {
        if (options?.in === undefined || !("transaction" in options.in || job.tenant !== options.in.tenant)) {
          const probe =
            options?.in === undefined ? undefined : await engine.enqueue({ ...job, queue: "probe" }, options);
          if (options?.in !== undefined && probe === undefined) return undefined;
          return engine.enqueue(job, { signal: options?.signal });
        }
        return engine.enqueue(job, options);
      },
    }),
    fails: [
      "in the caller's transaction > enqueues a job when the transaction stands, and nobody sees it before",
      "in the caller's transaction > leaves no job when the transaction doesn't stand, and no trace of its key",
      "in the caller's transaction > lets one of two have a key, whether the other's transaction stands or not",
    ],
  },
  "takes a job of another tenant into a transaction": {
    change: (engine) => ({
      enqueue: (job, options) =>
        options?.in !== undefined && "usage" in options.in && !("transaction" in options.in)
          ? engine.enqueue({ ...job, tenant: options.in.tenant }, options)
          : engine.enqueue(job, options),
    }),
    fails: ["in the caller's transaction > refuses what isn't a transaction of the job's tenant"],
  },
  "is deaf to signals": {
    change: (engine) => ({
      counts: () => engine.counts(),
    }),
    fails: [
      "taking in > rejects every call with the caller's reason when it was aborted before, and takes nothing in",
    ],
  },
  "does not count what runs": {
    change: (engine) => ({
      counts: async (call) =>
        (await engine.counts(call)).map((row) =>
          row.running === 2 && row.waiting === 1 ? { ...row, running: 0 } : row,
        ),
    }),
    fails: ["taking in > counts what waits and what runs, by queue"],
  },
};
