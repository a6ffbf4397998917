import type { Clock, ModelCallOptions, ModelTimeouts, StreamControl, Timer } from "@salesagent/ports";
import { timedOut } from "../resilience/deadline.js";
import type { Candidate } from "./candidate.js";

/** How much longer than its time a call may take: until then its models and guards may end it themselves, and say why. */
const OVERTIME_MS = 250;

/** The time of one routed call: how long it has run, what is left, and what of it an attempt may take. */
export class CallClock {
  readonly startedMs: number;
  /** The limit of the whole call, where there is one. */
  readonly totalMs: number | undefined;
  readonly #clock: Clock;
  readonly #router: ModelTimeouts | undefined;
  readonly #call: ModelTimeouts | undefined;
  #timer: Timer | undefined;

  constructor(clock: Clock, router: ModelTimeouts | undefined, { timeouts }: ModelCallOptions) {
    this.#clock = clock;
    this.#router = router;
    this.#call = timeouts;
    this.startedMs = clock.elapsed();
    this.totalMs = timeouts?.totalMs ?? router?.totalMs;
  }

  get elapsedMs(): number {
    return this.#clock.elapsed() - this.startedMs;
  }

  /** Infinity where the call has no limit. */
  get leftMs(): number {
    return this.totalMs === undefined ? Number.POSITIVE_INFINITY : this.totalMs - this.elapsedMs;
  }

  /** Ends the call where a model or a guard that a host wrote does not care for the time. */
  watch(control: StreamControl): void {
    const { totalMs } = this;
    if (totalMs === undefined || !Number.isFinite(totalMs)) return;
    this.#timer = this.#clock.schedule(totalMs + OVERTIME_MS, () =>
      control.fail(timedOut("The routed call", "did not end", totalMs, "safe")),
    );
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** The limits of an attempt: the candidate's win over the call's, those over the router's. */
  limitsFor({ timeouts: own }: Candidate): ModelTimeouts | undefined {
    if (!this.#router && !this.#call && !own) return undefined;
    const limits = { ...this.#router, ...this.#call, ...own };
    return this.totalMs === undefined ? limits : { ...limits, totalMs: Math.max(1, Math.ceil(this.leftMs)) };
  }
}
