import type { Job, JobEngine, JobRequest } from "@salesagent/ports";
import { memoryJobs, memoryStorage } from "@salesagent/storage-memory";
import { manualClock } from "../../manual-clock.js";
import type { JobEngineSetup } from "../job-suite.js";

/** A sound engine in a world of its own. */
export function soundSetup(change: (engine: JobEngine) => Partial<JobEngine> = () => ({})): JobEngineSetup {
  const clock = manualClock();
  const sound = memoryJobs({ clock });
  return {
    engine: withChange(sound, change(sound)),
    storage: memoryStorage({ clock }),
    now: () => clock.now(),
    pass: async (ms) => clock.advance(ms),
    [Symbol.asyncDispose]: () => sound[Symbol.asyncDispose](),
  };
}

/** The engine, but for some of its members. */
function withChange(sound: JobEngine, change: Partial<JobEngine>): JobEngine {
  const { port, supports, deadLetters } = sound;
  return {
    port,
    supports,
    deadLetters,
    enqueue: (job, options) => sound.enqueue(job, options),
    enqueueMany: (jobs, call) => sound.enqueueMany(jobs, call),
    work: (queue, handler, options) => sound.work(queue, handler, options),
    schedule: (schedule, call) => sound.schedule(schedule, call),
    unschedule: (name, call) => sound.unschedule(name, call),
    counts: (call) => sound.counts(call),
    [Symbol.asyncDispose]: () => sound[Symbol.asyncDispose](),
    ...change,
  };
}

/** An engine that is broken in one way, and the cases that notice. */
interface Sabotage {
  readonly change: (engine: JobEngine) => Partial<JobEngine>;
  readonly fails: readonly string[];
}

type Change = Sabotage["change"];

const changingJobs =
  (change: (job: JobRequest) => JobRequest): Change =>
  (engine) => ({
    enqueue: (job, options) => engine.enqueue(change(job), options),
    enqueueMany: (jobs, call) => engine.enqueueMany(jobs.map(change), call),
  });

const changingHandlers =
  (change: (handler: (job: Job) => Promise<void>) => (job: Job) => Promise<void>): Change =>
  (engine) => ({ work: (queue, handler, options) => engine.work(queue, change(handler), options) });

const changingDead =
  (change: (dead: JobEngine["deadLetters"]) => Partial<JobEngine["deadLetters"]>): Change =>
  (engine) => ({ deadLetters: { ...engine.deadLetters, ...change(engine.deadLetters) } });

export const jobSabotages: Readonly<Record<string, Sabotage>> = {
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
  "lists the dead of all tenants": {
    change: changingDead((dead) => ({
      list: ({ queue } = {}, page, call) => dead.list(queue === undefined ? {} : { queue }, page, call),
    })),
    fails: ["dead letters > are listed by queue and tenant, page by page, each once"],
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
