import type { JobEngine } from "@salesagent/ports";
import type { Sabotage } from "./job-sabotage.js";

type Who = Parameters<JobEngine["forget"]>[0];

/** Engines that forget a person the wrong way. */
export const forgetSabotages: Readonly<Record<string, Sabotage>> = {
  "forgets nothing": {
    change: (engine) => ({
      forget: (who, call) => engine.forget(toOthers(who), call),
    }),
    fails: [
      "forgetting > discards the jobs that wait and mention a person, and says how many",
      "forgetting > leaves the jobs of other tenants alone",
      "forgetting > frees the keys of the jobs that it discards",
      "forgetting > discards a job that waits for its next try",
      "forgetting > discards dead letters",
      "forgetting > neither tries a job again that fails while it is forgotten, nor keeps it as a dead letter",
      "forgetting > gives a job that was forgotten while it ran to nobody when its worker stops",
    ],
  },
  "forgets the person at every tenant": {
    change: (engine) => ({
      forget: async (who, call) => {
        const count = await engine.forget(who, call);
        if (who.tenant === "acme") await engine.forget({ ...who, tenant: "globex" }, call);
        return count;
      },
    }),
    fails: ["forgetting > leaves the jobs of other tenants alone", "forgetting > discards dead letters"],
  },
  "leaves dead letters when it forgets": {
    change: (engine) => ({
      forget: async (who, call) => {
        const { items } = await engine.deadLetters.list({ tenant: who.tenant }, {}, call);
        return engine.forget(items.length === 0 ? who : toOthers(who), call);
      },
    }),
    fails: ["forgetting > discards dead letters"],
  },
  "leaves jobs of other queues than the first": {
    change: (engine) => ({
      forget: async (who, call) => {
        const count = await engine.forget(who, call);
        if (count === 5) await engine.enqueue({ queue: "calls", tenant: who.tenant, payload: "left" });
        return count;
      },
    }),
    fails: ["forgetting > discards the jobs that wait and mention a person, and says how many"],
  },
  "keeps the keys of what it discards": {
    change: (engine) => {
      let hasForgotten = false;
      return {
        forget: async (who, call) => {
          hasForgotten = (await engine.counts(call)).some(({ waiting }) => waiting === 2);
          return engine.forget(who, call);
        },
        enqueue: async (job, options) =>
          hasForgotten && (job.key === "now" || job.key === "later")
            ? undefined
            : engine.enqueue(job, options),
      };
    },
    fails: ["forgetting > frees the keys of the jobs that it discards"],
  },
  "stops what runs when it forgets": {
    change: (engine) => {
      const stops = new Set<AbortController>();
      return {
        work: (queue, handler, options) =>
          engine.work(
            queue,
            (job) => {
              const stop = new AbortController();
              stops.add(stop);
              return handler({ ...job, signal: stop.signal });
            },
            options,
          ),
        forget: async (who, call) => {
          const count = await engine.forget(who, call);
          for (const stop of stops) stop.abort(new Error("forgotten"));
          return count;
        },
      };
    },
    fails: [
      "running > aborts a job whose time is over, counts it as failed, and takes another in its place",
      "forgetting > leaves a job that runs to its end, and keeps nothing of it when that was good",
      "stopping > gives back what doesn't end in time, without counting the try",
    ],
  },
  "counts what runs as discarded": {
    change: (engine) => ({
      forget: async (who, call) => {
        const count = await engine.forget(who, call);
        const running = (await engine.counts(call)).reduce((sum, row) => sum + row.running, 0);
        return who.tenant === "acme" ? count + running : count;
      },
    }),
    fails: ["forgetting > leaves a job that runs to its end, and keeps nothing of it when that was good"],
  },
  "forgets only what waits, not what runs": {
    change: (engine) => ({
      forget: async (who, call) => {
        const isRunning = (await engine.counts(call)).some(({ running }) => running > 0);
        return engine.forget(isRunning ? toOthers(who) : who, call);
      },
    }),
    fails: [
      "forgetting > neither tries a job again that fails while it is forgotten, nor keeps it as a dead letter",
      "forgetting > gives a job that was forgotten while it ran to nobody when its worker stops",
    ],
  },
  "looks for a person's texts in parts of words too": {
    change: (engine) => ({
      forget: (who, call) =>
        engine.forget(
          { ...who, mentions: [...who.mentions, ...who.mentions.map((text) => `can${text}`)] },
          call,
        ),
    }),
    fails: ["forgetting > discards the jobs that wait and mention a person, and says how many"],
  },
};

/** Somebody else, of whom there is nothing. */
function toOthers({ tenant, mentions }: Who): Who {
  return { tenant, mentions: mentions.map((text) => text.replace("ada@", "nobody-at-all@")) };
}
