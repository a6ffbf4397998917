import type { Clock, ModelCallOptions, ModelEvent, ModelEventSource, ModelTimings } from "@salesagent/ports";
import type { Flight } from "./flight.js";

/** What a reader of a flight is made of. */
export interface FlightReaderInit {
  readonly call: ModelCallOptions;
  readonly clock: Clock;
  /** Aborts when nobody wants his events any more; with why. */
  readonly signal: AbortSignal;
  /** Finds or begins the flight, at the first read. */
  readonly findFlight: () => Flight;
}

const DONE = { done: true, value: undefined } as const;

/** One of those who read a flight. */
export class FlightReader implements ModelEventSource {
  readonly call: ModelCallOptions;
  readonly #init: FlightReaderInit;
  readonly #startedMs: number;
  #flight: Flight | undefined;
  #position = 0;
  #firstTokenMs: number | undefined;
  #over = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(init: FlightReaderInit) {
    this.call = init.call;
    this.#init = init;
    this.#startedMs = init.clock.elapsed();
  }

  async next(): Promise<IteratorResult<readonly ModelEvent[], void>> {
    const flight = this.#flight ?? this.#join();
    while (!this.#over) {
      if (this.#failure) throw this.#failure.error;
      const events = flight.after(this, this.#position);
      if (events === "ended") break;
      if (events) return { done: false, value: this.#note(events) };
      await flight.advance();
    }
    return DONE;
  }

  return(): Promise<IteratorResult<readonly ModelEvent[], void>> {
    this.#over = true;
    this.#flight?.leave(this, this.#init.signal.reason);
    return Promise.resolve(DONE);
  }

  /** Ends his reading, and nobody else's. */
  fail(error: unknown): void {
    this.#failure = { error };
  }

  /** Of his own call. */
  timings(): ModelTimings {
    return {
      totalMs: this.#elapsedMs(),
      ...(this.#firstTokenMs === undefined ? {} : { firstTokenMs: this.#firstTokenMs }),
    };
  }

  #join(): Flight {
    const flight = this.#init.findFlight();
    flight.join(this);
    this.#flight = flight;
    return flight;
  }

  #note(events: readonly ModelEvent[]): readonly ModelEvent[] {
    this.#position += events.length;
    if (events.some(({ type }) => type === "finish")) this.#over = true;
    else if (this.#firstTokenMs === undefined && events.some(isToken)) this.#firstTokenMs = this.#elapsedMs();
    return events;
  }

  #elapsedMs(): number {
    return this.#init.clock.elapsed() - this.#startedMs;
  }
}

function isToken({ type }: ModelEvent): boolean {
  return type !== "start" && type !== "restart" && type !== "continue";
}
