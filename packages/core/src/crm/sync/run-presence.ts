import type { StoredError, SyncRun, Timer } from "@salesagent/ports";
import { type SyncContext, type SyncStores, timeOf } from "../sync-context.js";

/** For how long a run counts as alive since its process last said so, in milliseconds; it says so three times as often. */
const PRESENCE_MS = 120_000;

const PAGE_RUNS = 100;

/** What a run ends with whose process died. */
const ENDED: StoredError = { code: "internal", message: "The process that ran it ended." };

/** Says that a run goes on in this process, until it is disposed of: after the run's end is on record. */
export class RunPresence implements AsyncDisposable {
  readonly #context: SyncContext;
  readonly #runId: string;
  #timer: Timer | undefined;
  #saying: Promise<unknown> = Promise.resolve();
  #isOver = false;

  private constructor(context: SyncContext, runId: string) {
    this.#context = context;
    this.#runId = runId;
  }

  /** Begin it before the run is on record: who finds a run without it takes it for dead. */
  static async begin(context: SyncContext, runId: string): Promise<RunPresence> {
    const presence = new RunPresence(context, runId);
    await presence.#say();
    presence.#sayLater();
    return presence;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#timer?.cancel();
    await this.#saying;
    const { storage, connection } = this.#context;
    // What stays behind says nothing of a run that has ended.
    await storage.syncCursors.remove(connection, cursorOf(this.#runId)).catch(() => {});
  }

  #sayLater(): void {
    this.#timer = this.#context.clock.schedule(PRESENCE_MS / 3, () => {
      // A store that is away may be back for the next time, which comes before the presence is over.
      this.#saying = this.#say().catch(() => {});
      if (!this.#isOver) this.#sayLater();
    });
  }

  async #say(): Promise<void> {
    const { storage, connection } = this.#context;
    const value = { until: timeOf(this.#context, PRESENCE_MS) };
    await storage.syncCursors.put({ connection, name: cursorOf(this.#runId), value });
  }
}

/**
 * Ends the runs of a connection that are on record as running, and that no process says it runs.
 *
 * @returns These runs, as `failed`.
 */
export async function endDeadRuns(context: SyncContext): Promise<readonly SyncRun[]> {
  const { storage, connection, signal } = context;
  const running: SyncRun[] = [];
  for (let after: string | undefined; ; ) {
    const filter = { connection, status: "running" } as const;
    const page = await storage.syncRuns.list(filter, { limit: PAGE_RUNS, after }, { signal });
    running.push(...page.items);
    after = page.next;
    if (after === undefined) break;
  }
  const ended: SyncRun[] = [];
  for (const { id } of running) {
    const run = await storage.transaction((stores) => endIfDead(context, stores, id), { signal });
    if (run) ended.push(run);
  }
  return ended;
}

/** As it stands within one transaction: a run that comes to its own end meanwhile is left as it ended. */
async function endIfDead(
  { connection, clock, signal }: SyncContext,
  stores: SyncStores,
  id: string,
): Promise<SyncRun | undefined> {
  const run = await stores.syncRuns.get(id, { signal });
  if (run?.status !== "running") return undefined;
  const presence = await stores.syncCursors.get(connection, cursorOf(id), { signal });
  const until = presence?.value["until"];
  if (typeof until === "string" && Date.parse(until) >= clock.now()) return undefined;
  const finishedAt = new Date(clock.now()).toISOString();
  const ended: SyncRun = { ...run, status: "failed", error: ENDED, finishedAt };
  await stores.syncRuns.put(ended, { signal });
  await stores.syncCursors.remove(connection, cursorOf(id), { signal });
  return ended;
}

const cursorOf = (runId: string): string => `runs/${runId}`;
