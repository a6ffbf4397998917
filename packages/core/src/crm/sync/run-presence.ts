import type { Timer } from "@salesagent/ports";
import { type SyncContext, timeOf } from "../sync-context.js";
import { presenceOf } from "./dead-runs.js";

/** For how long a run counts as alive since its process last said so, in milliseconds; it says so three times as often. */
const PRESENCE_MS = 120_000;

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
    await storage.syncCursors.remove(connection, presenceOf(this.#runId)).catch(() => {});
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
    await storage.syncCursors.put({ connection, name: presenceOf(this.#runId), value });
  }
}
