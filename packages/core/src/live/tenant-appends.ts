import {
  type Clock,
  SalesAgentError,
  type StreamStore,
  type StreamWrite,
  type StreamWritten,
  type Timer,
  wait,
} from "@salesagent/ports";
import { tell } from "../kernel/tell.js";
import type { LiveWriter } from "./live-writer.js";
import { closedHere, isAway } from "./stream-errors.js";

/** What one append takes at most, of all streams of a tenant. */
const MOST_WRITES = 200;
const MOST_BYTES = 2_000_000;

/** No real wait is this long; the platform's longest delay. */
const FOR_EVER_MS = 2 ** 31 - 1;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/** What appends work with. */
export interface TenantAppendsInit {
  readonly store: StreamStore;
  readonly clock: Clock;
  /** How long events gather from the beginning of one append to the next. */
  readonly flushMs: number;
  readonly onError: ((error: unknown) => void) | undefined;
  /** Told when nothing waits any more. */
  readonly onIdle: () => void;
}

/** A writer and what is taken along of it. */
interface Taken {
  readonly writer: LiveWriter;
  readonly write: StreamWrite;
}

/**
 * Appends to the streams of one tenant: whatever waits in any of them goes along with the next append, one after the other. An
 * append whose answer is lost is made again as it was, until the store says how it stands.
 */
export class TenantAppends {
  readonly #init: TenantAppendsInit;
  readonly #due = new Set<LiveWriter>();
  readonly #closing = new AbortController();
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  /** While anything waits, the process stays alive: the timers of a clock don't see to that. */
  #alive: ReturnType<typeof setInterval> | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(init: TenantAppendsInit) {
    this.#init = init;
  }

  wake(writer: LiveWriter): void {
    if (this.#closing.signal.aborted) {
      writer.fail(closedHere());
      return;
    }
    this.#due.add(writer);
    this.#schedule();
  }

  /** Tries once more to write what waits, and gives up what the store does not take. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#closing.abort(closedHere());
    await this.#running;
    while (this.#due.size > 0) await this.#run();
    clearInterval(this.#alive);
  }

  #schedule(): void {
    if (this.#timer || this.#running) return;
    this.#alive ??= setInterval(() => {}, FOR_EVER_MS);
    const { clock, flushMs } = this.#init;
    const delayMs = Math.max(0, this.#lastMs + flushMs - clock.elapsed());
    this.#timer = clock.schedule(delayMs, () => {
      this.#timer = undefined;
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
        if (this.#due.size > 0) this.#schedule();
        else this.#rest();
      });
    });
  }

  #rest(): void {
    clearInterval(this.#alive);
    this.#alive = undefined;
    this.#init.onIdle();
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    this.#lastMs = this.#init.clock.elapsed();
    const taken = this.#take();
    if (taken.length === 0) return;
    try {
      await this.#append(taken);
    } catch (error) {
      for (const { writer } of taken) writer.fail(error);
    }
    for (const { writer } of taken) if (writer.hasMore) this.#due.add(writer);
  }

  /** Those that came first; the rest stays due. */
  #take(): readonly Taken[] {
    const taken: Taken[] = [];
    let bytes = 0;
    for (const writer of this.#due) {
      if (taken.length === MOST_WRITES || bytes >= MOST_BYTES) break;
      this.#due.delete(writer);
      const before = writer.waitingBytes;
      const write = writer.take(MOST_BYTES - bytes);
      if (!write) continue;
      bytes += before - writer.waitingBytes;
      taken.push({ writer, write });
    }
    return taken;
  }

  async #append(taken: readonly Taken[]): Promise<void> {
    try {
      const answers = await this.#ask(taken);
      for (const [index, { writer }] of taken.entries()) writer.answered(answers[index] as StreamWritten);
    } catch (error) {
      if (!SalesAgentError.is(error, "store.invalid") || taken.length === 1) throw error;
      // One stream's event that no store takes must not hold the others up.
      for (const one of taken) await this.#append([one]).catch((reason: unknown) => one.writer.fail(reason));
    }
  }

  /** Asks until there is an answer. @throws What asking again would not change; that the appends are closed. */
  async #ask(taken: readonly Taken[]): Promise<readonly StreamWritten[]> {
    const { store, clock, onError } = this.#init;
    const { signal } = this.#closing;
    const writes = taken.map(({ write }) => write);
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      try {
        return await store.append(writes);
      } catch (error) {
        if (!isAway(error)) throw error;
        tell(onError, error);
        if (signal.aborted) throw error;
        for (const { writer } of taken) writer.lostAnswer();
        await wait(clock, waitMs, signal).catch(() => {});
      }
    }
  }
}
