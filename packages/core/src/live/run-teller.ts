import { type FlowClaim, SalesAgentError } from "@salesagent/ports";
import { tell } from "../kernel/tell.js";
import type { LiveStreams, StreamEnd, StreamEvent, StreamWriter } from "./live-streams.js";
import { lastStream, nextDraft } from "./run-stream-id.js";
import { isAway } from "./stream-errors.js";

/** What runs are told with. */
export interface RunTellerInit {
  readonly streams: LiveStreams;
  readonly onError: ((error: unknown) => void) | undefined;
}

/** Whose claim of a run it is that something is told under. */
export type TellingClaim = Pick<FlowClaim, "tenant" | "id" | "fence">;

/**
 * Tells of one claim of a run in the run's stream. A run that has no stream, as its time was over, goes on untold; one that somebody
 * else has is not told by this process any more.
 */
export class Telling {
  readonly #init: RunTellerInit;
  readonly #claim: TellingClaim;
  readonly #writer: Promise<StreamWriter | undefined>;
  /** What is told without being waited for, in order. */
  #queued: Promise<void> = Promise.resolve();

  constructor(init: RunTellerInit, claim: TellingClaim) {
    this.#init = init;
    this.#claim = claim;
    this.#writer = this.#open();
    this.#writer.catch(() => {}); // told to whoever tells something
  }

  /** Whether something was told of the run before this claim of it. */
  async isResumed(): Promise<boolean> {
    return ((await this.#writer)?.begunAfter ?? 0) > 0;
  }

  /** The writer, for who tells much. */
  writer(): Promise<StreamWriter | undefined> {
    return this.#writer;
  }

  async write(event: StreamEvent): Promise<void> {
    await (await this.#writer)?.write(event);
  }

  /** Tells in order, for who can't wait. What fails is told by the next `flush`. */
  queue(make: () => Promise<StreamEvent> | StreamEvent): void {
    this.#queued = this.#queued.then(async () => this.write(await make()));
    this.#queued.catch(() => {});
  }

  async flush(): Promise<void> {
    await this.#queued;
    await (await this.#writer)?.flush();
  }

  /** @throws What leaves the run for another try: the store is away, or somebody else has the run. */
  async rest(events: readonly StreamEvent[], end: StreamEnd | undefined): Promise<void> {
    try {
      await this.#queued;
      const writer = await this.#writer;
      for (const event of events) await writer?.write(event);
      await (end ? writer?.end(end) : writer?.flush());
    } catch (error) {
      if (isAway(error) || SalesAgentError.is(error, "flow.fenced") || isClosed(error)) throw error;
      // The run must not fail for what is told of it.
      tell(this.#init.onError, error);
    }
  }

  async close(): Promise<void> {
    try {
      await (await this.#writer)?.close();
    } catch {
      // Whoever told something was told so.
    }
  }

  async #open(): Promise<StreamWriter | undefined> {
    const { streams } = this.#init;
    const { tenant, id, fence } = this.#claim;
    for (;;) {
      const last = await lastStream(streams, { tenant, id });
      if (!last || last.record.status === "completed" || last.record.status === "cancelled") return undefined;
      // It goes on though its failure was told: it was tried again, or its failure did not come to be kept.
      if (last.record.status === "failed") await streams.open(tenant, nextDraft(id, last));
      else {
        try {
          return await streams.writer(tenant, last.record.id, { fence });
        } catch (error) {
          const isOver =
            SalesAgentError.is(error, "flow.wrong_state") || SalesAgentError.is(error, "stream.unknown");
          if (!isOver) throw error;
        }
      }
    }
  }
}

const isClosed = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";

/** The runs that are told in this process, by their claims. */
export class RunTeller {
  readonly #init: RunTellerInit;
  readonly #tellings = new Map<string, Telling>();

  constructor(init: RunTellerInit) {
    this.#init = init;
  }

  of(claim: TellingClaim): Telling {
    const key = keyOf(claim);
    let telling = this.#tellings.get(key);
    if (!telling) {
      telling = new Telling(this.#init, claim);
      this.#tellings.set(key, telling);
    }
    return telling;
  }

  /** The process has let go of the run. */
  left(claim: TellingClaim): void {
    const key = keyOf(claim);
    void this.#tellings.get(key)?.close();
    this.#tellings.delete(key);
  }
}

const keyOf = ({ tenant, id, fence }: TellingClaim): string => `${tenant}\n${id}\n${fence}`;
