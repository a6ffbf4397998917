import type { Clock, DeadJob, JobEngine, Storage, Timer, Worker } from "@salesagent/ports";
import { isHandoff } from "./handoff.js";
import { endHandoff, timesPutOff } from "./handoff-records.js";

const PAGE = 100;
/** Pages of one look; what is left is for the next one. */
const PAGES_AT_ONCE = 20;

/** What is needed to look after dead letters. */
export interface DeadHandoffsInit {
  readonly jobs: JobEngine;
  readonly storage: Pick<Storage, "tenant">;
  readonly queue: string;
  readonly clock: Clock;
  /** How long it waits between two looks, in milliseconds. */
  readonly everyMs: number;
}

/**
 * Puts on record that work has failed whose worker could not say so, such as one that was killed in the last try: its job is a dead
 * letter, and its record says that it runs. Any number of processes may do this. Each looks at a dead letter once.
 */
export class DeadHandoffs {
  readonly #init: DeadHandoffsInit;
  readonly #stopped = new AbortController();
  /** Where the pages begin that are read again: what failed at the same moment may come to stand behind what was read. */
  readonly #pages: (string | undefined)[] = [undefined];
  #seen = new Set<string>();
  #seenBefore = new Set<string>();
  #looking: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;

  constructor(init: DeadHandoffsInit) {
    this.#init = init;
  }

  /** Looks now, and then again and again, until the worker is drained. */
  beside(worker: Worker): Worker {
    this.#begin();
    const stop = async () => {
      this.#stopped.abort();
      this.#timer?.cancel();
      await this.#looking;
    };
    return {
      async drain(options) {
        await Promise.all([worker.drain(options), stop()]);
      },
      async [Symbol.asyncDispose]() {
        await Promise.all([worker[Symbol.asyncDispose](), stop()]);
      },
    };
  }

  #begin(): void {
    // A store that is away now is asked again the next time; nothing is lost by it.
    this.#looking = this.#look()
      .catch(() => {})
      .then(() => {
        if (this.#stopped.signal.aborted) return;
        this.#timer = this.#init.clock.schedule(this.#init.everyMs, () => this.#begin());
      });
  }

  async #look(): Promise<void> {
    const { jobs, queue } = this.#init;
    const { signal } = this.#stopped;
    let after = this.#pages[0];
    for (let pages = 0; pages < PAGES_AT_ONCE; pages++) {
      const page = { limit: PAGE, ...(after !== undefined && { after }) };
      const { items, next } = await jobs.deadLetters.list({ queue }, page, { signal });
      // One that fails keeps nobody from the others, and is tried again the next time.
      for (const dead of items) await this.#bury(dead).catch(() => {});
      if (next === undefined) return;
      after = next;
      this.#turnTo(next);
    }
  }

  /** The last two pages are read again the next time. */
  #turnTo(next: string): void {
    if (this.#pages.includes(next)) return;
    this.#pages.push(next);
    if (this.#pages.length > 2) this.#pages.shift();
    this.#seenBefore = this.#seen;
    this.#seen = new Set();
  }

  async #bury(dead: DeadJob): Promise<void> {
    const { storage, clock } = this.#init;
    const { id, tenant, payload, error, failedAt } = dead;
    // One that is replayed, and dies again, is another.
    const name = `${id} ${failedAt}`;
    if (this.#seen.has(name) || this.#seenBefore.has(name)) return;
    if (isHandoff(payload)) {
      await storage.tenant(tenant).transaction(
        async (stores) => {
          const standing = await stores.runs.get(payload.runId);
          if (!standing || OVER.has(standing.status)) return;
          if ((await timesPutOff(stores, payload.runId)) > (payload.putOff ?? 0)) return;
          await endHandoff(stores, payload, { status: "failed", error }, clock);
        },
        { signal: this.#stopped.signal },
      );
    }
    this.#seen.add(name);
  }
}

const OVER: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);
