import type {
  AttemptGuard,
  AttemptPermit,
  CacheHit,
  FinishEvent,
  ModelCallOptions,
  ModelEvent,
  ModelResult,
  ModelStream,
} from "@salesagent/ports";
import { wasRefused } from "../model/begin-attempt.js";
import type { FlightReader } from "./flight-reader.js";
import { type KeptAnswer, replayAnswer } from "./kept-answer.js";

/** An answer that was found, and what is told of it. */
export interface FoundAnswer {
  readonly answer: KeptAnswer;
  readonly hit: CacheHit;
}

/** How a flight comes to its answer. */
export interface FlightPlan {
  /** Looks for a kept answer. Never rejects; what goes wrong is a miss. */
  lookUp(signal: AbortSignal): Promise<FoundAnswer | undefined>;
  /** Asks the model. */
  ask(call: ModelCallOptions): ModelStream;
  /** Keeps an answer where it is worth it. Never rejects. */
  keep(result: ModelResult): Promise<void>;
  /** Called once, when nobody may join any more. */
  onClosed(): void;
}

interface Upstream {
  readonly stream: ModelStream;
  readonly events: AsyncIterator<ModelEvent, void, void>;
  readonly leader: FlightReader;
  /** A guard of the leader's forbade an attempt. */
  refused: boolean;
}

/**
 * One answer on its way to all who ask for it at the same time. What comes is held until the flight is over, so that each reader
 * gets it from the beginning, at his own pace; the model is read as fast as the fastest of them reads. It goes on for as long as
 * one reader stays.
 */
export class Flight {
  readonly #plan: FlightPlan;
  readonly #readers = new Set<FlightReader>();
  readonly #controller = new AbortController();
  /** What came so far, without the finish. */
  readonly #events: ModelEvent[] = [];
  #lookedUp = false;
  #hit: CacheHit | undefined;
  #upstream: Upstream | undefined;
  /** The step that is under way; all who wait wait for the same. */
  #step: Promise<void> | undefined;
  /** The finish, while the answer is being kept. */
  #last: FinishEvent | undefined;
  #finish: FinishEvent | undefined;
  #failure: { readonly error: unknown } | undefined;
  #closed = false;
  /** A reader has been told what the answer cost. */
  #costTold = false;

  constructor(plan: FlightPlan) {
    this.#plan = plan;
  }

  /** Only before the flight is closed. */
  join(reader: FlightReader): void {
    this.#readers.add(reader);
  }

  /**
   * What a reader has not had yet; the finish comes in a batch of its own.
   *
   * @returns Nothing when he has to wait for {@link advance}, `ended` when no more will come.
   * @throws What ended the answer.
   */
  after(reader: FlightReader, position: number): readonly ModelEvent[] | "ended" | undefined {
    if (position < this.#events.length) return this.#events.slice(position);
    if (this.#finish) return [this.#finishFor(reader, this.#finish)];
    if (this.#failure) throw this.#failure.error;
    return this.#closed ? "ended" : undefined;
  }

  /** Brings the answer one step on. Never rejects. */
  advance(): Promise<void> {
    this.#step ??= this.#takeStep().finally(() => {
      this.#step = undefined;
    });
    return this.#step;
  }

  /** Lets a reader go. The last one to go before the end stops the model. */
  leave(reader: FlightReader, reason: unknown): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0 || this.#closed) return;
    if (this.#last) {
      // An answer that is whole is paid for: it is kept, whoever has left.
      void this.#end();
      return;
    }
    this.#close();
    this.#controller.abort(reason);
    void this.#letGo();
  }

  async #end(): Promise<void> {
    while (!this.#closed) await this.advance();
  }

  async #letGo(): Promise<void> {
    try {
      await this.#upstream?.events.return?.();
    } catch {
      // Nobody reads any more; how the model's stream ends changes nothing.
    }
  }

  async #takeStep(): Promise<void> {
    if (this.#closed) return;
    try {
      if (this.#last) await this.#keep(this.#last);
      else if (this.#upstream) await this.#read(this.#upstream);
      else await this.#begin();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #begin(): Promise<void> {
    if (!this.#lookedUp) {
      const found = await this.#plan.lookUp(this.#controller.signal);
      this.#lookedUp = true;
      if (found) return this.#replay(found);
    }
    const [leader] = this.#readers;
    if (leader) this.#open(leader);
  }

  #replay({ answer, hit }: FoundAnswer): void {
    this.#hit = hit;
    this.#events.push(...replayAnswer(answer));
    this.#finish = {
      type: "finish",
      reason: answer.reason,
      usage: {},
      costUsd: 0,
      timings: { totalMs: 0 },
      attempts: [],
    };
    this.#close();
  }

  /** The call is made as the leader would make it, but ends only when the last reader has left. */
  #open(leader: FlightReader): void {
    const { guards, ...call } = leader.call;
    const upstream = { leader, refused: false };
    const onRefused = () => {
      upstream.refused = true;
    };
    const watched = guards && [refusalWatch(onRefused), ...guards];
    const stream = this.#plan.ask({ ...call, signal: this.#controller.signal, guards: watched });
    this.#upstream = Object.assign(upstream, { stream, events: stream[Symbol.asyncIterator]() });
  }

  async #read({ stream, events }: Upstream): Promise<void> {
    const step = await events.next();
    if (step.done) return this.#close();
    this.#take(step.value);
    for (const event of stream.buffered?.() ?? []) this.#take(event);
  }

  #take(event: ModelEvent): void {
    if (event.type === "finish") this.#last = event;
    else this.#events.push(event);
  }

  async #keep(last: FinishEvent): Promise<void> {
    const result = await this.#upstream?.stream.result();
    void this.#letGo();
    if (result) await this.#plan.keep(result);
    this.#finish = last;
    this.#close();
  }

  #fail(error: unknown): void {
    const upstream = this.#upstream;
    if (upstream?.refused && this.#events.length === 0) {
      // His own guards forbade it, which says nothing of what the others may: the next reader asks in his own name.
      upstream.leader.fail(error);
      this.#readers.delete(upstream.leader);
      this.#upstream = undefined;
      if (this.#readers.size > 0) return;
    }
    this.#failure = { error };
    this.#close();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#plan.onClosed();
  }

  /** One reader is told what the answer cost: who began it, or if he has left, who has waited longest. */
  #finishFor(reader: FlightReader, finish: FinishEvent): FinishEvent {
    if (this.#hit) return { ...finish, timings: reader.timings(), cache: this.#hit };
    const [first] = this.#readers;
    if (reader === first && !this.#costTold) {
      this.#costTold = true;
      return finish;
    }
    const { reason, warnings } = finish;
    return {
      type: "finish",
      reason,
      usage: {},
      costUsd: 0,
      timings: reader.timings(),
      attempts: [],
      ...(warnings === undefined ? {} : { warnings }),
      cache: { kind: "exact", ageMs: 0 },
    };
  }
}

/** Comes first, so that it is told of every refusal. The guards themselves stay as they are: who knows one knows it again. */
function refusalWatch(onRefused: () => void): AttemptGuard {
  const permit: AttemptPermit = {
    end(attempt) {
      if (wasRefused(attempt)) onRefused();
    },
  };
  return { begin: () => permit };
}
