import type { Job } from "@salesagent/ports";
import { changingHandlers, changingJobs, type Sabotage } from "./job-sabotage.js";

/** Jobs that are taken in and run the wrong way. */
export const runningSabotages: Readonly<Record<string, Sabotage>> = {
  "knows no priorities": {
    change: changingJobs((job) =>
      job.queue === "mail" && job.priority === 5 ? { ...job, priority: 0 } : job,
    ),
    fails: ["running > begins jobs of higher priority first, and equals in the order of their coming"],
  },
  "begins delayed jobs at once": {
    change: (engine) => ({
      enqueue: (job, options) =>
        engine.enqueue(job.delayMs !== undefined && job.delayMs > 0 ? { ...job, delayMs: 0 } : job, options),
    }),
    fails: ["running > begins a job when its delay is over, and not before"],
  },
  "takes a key once for all tenants": {
    change: (engine) => {
      const taken = new Set<string>();
      return {
        enqueue: async (job, options) => {
          if (job.key === "lead-1" && job.tenant === "globex" && taken.has(job.key)) return undefined;
          if (job.key !== undefined && job.tenant === "acme") taken.add(job.key);
          return engine.enqueue(job, options);
        },
      };
    },
    fails: ["taking in > takes a key once for each queue and tenant while its job waits or runs"],
  },
  "lets keys go while a job runs": {
    change: (engine) => ({
      enqueue: async (job, options) => {
        const id = await engine.enqueue(job, options);
        if (id !== undefined || job.key === undefined) return id;
        const running = (await engine.counts()).some((row) => row.queue === "mail" && row.running === 4);
        return running ? engine.enqueue({ ...job, key: `${job.key}-again` }, options) : undefined;
      },
    }),
    fails: ["taking in > takes a key once for each queue and tenant while its job waits or runs"],
  },
  "answers out of order when many are enqueued": {
    change: (engine) => ({
      enqueueMany: async (jobs, call) => {
        const ids = await engine.enqueueMany(jobs, call);
        return ids.includes(undefined) ? [...ids].sort() : ids;
      },
    }),
    fails: ["taking in > enqueues many at once, answers in their order, and takes a key among them once"],
  },
  "takes in what it can of many": {
    change: (engine) => ({
      enqueueMany: async (jobs, call) => {
        const ids: (string | undefined)[] = [];
        for (const [index, job] of jobs.entries()) {
          try {
            ids.push(...(await engine.enqueueMany([job], call)));
          } catch (error) {
            if (index === 0) throw error;
            return engine.enqueueMany(jobs, call);
          }
        }
        return ids;
      },
    }),
    fails: ["taking in > names the field of a job that breaks a rule, and takes none of its companions in"],
  },
  "loses NUL characters": {
    change: changingJobs((job) => (job.payload === "a\0b" ? { ...job, payload: "ab" } : job)),
    fails: ["taking in > gives payloads back as the JSON that they were"],
  },
  "hands one copy of a payload to all tries": {
    change: (engine) => ({
      work: (queue, handler, options) => {
        const first = new Map<string, Job>();
        const same = (job: Job) => {
          const kept = first.get(job.id) ?? job;
          first.set(job.id, kept);
          return handler({ ...job, payload: kept.payload });
        };
        return engine.work(queue, same, options);
      },
    }),
    fails: ["taking in > keeps what was enqueued, whatever caller and handler do to their copies"],
  },
  "counts every try as the first": {
    change: changingHandlers((handler) => (job) => handler({ ...job, attempt: 1 })),
    fails: ["running > tries a job again until it succeeds, counting its tries"],
  },
  "tries again without a wait": {
    change: (engine) => ({
      work: (queue, handler, options) =>
        engine.work(queue, handler, {
          ...options,
          backoffMs: options?.backoffMs === 120_000 ? 0 : options?.backoffMs,
        }),
    }),
    fails: ["running > waits between tries, longer each time"],
  },
  "waits as long between all tries": {
    change: (engine) => ({
      work: (queue, handler, options) => {
        if (options?.backoffMs !== 120_000) return engine.work(queue, handler, options);
        const same = (job: Job) => (job.attempt === 2 ? new Promise<void>(() => {}) : handler(job));
        return engine.work(queue, same, options);
      },
    }),
    fails: ["running > waits between tries, longer each time"],
  },
  "takes what a handler throws for success unless it is an error": {
    change: changingHandlers((handler) => async (job) => {
      try {
        await handler(job);
      } catch (thrown) {
        if (thrown instanceof Error) throw thrown;
      }
    }),
    fails: ["running > counts whatever a handler throws as a failure, and goes on with the others"],
  },
  "knows no time limit": {
    change: (engine) => ({
      work: (queue, handler, options) => engine.work(queue, handler, { ...options, timeoutMs: 2 ** 31 - 1 }),
    }),
    fails: [
      "running > aborts a job whose time is over, counts it as failed, and takes another in its place",
      "running > refuses options of work that are out of range",
    ],
  },
  "runs one more than it may": {
    change: (engine) => ({
      work: (queue, handler, options) =>
        engine.work(queue, handler, {
          ...options,
          concurrency: options?.concurrency === 3 ? 4 : options?.concurrency,
        }),
    }),
    fails: ["running > runs as many at once as it may, and no more"],
  },
  "gives a job to two workers now and then": {
    change: changingHandlers((handler) => async (job) => {
      await handler(job);
      if (job.payload === 150) await handler(job);
    }),
    fails: ["running > gives each job to one of its workers, whatever queue another one works on"],
  },
};
