import {
  type Clock,
  type ModelCallOptions,
  type ModelTimeouts,
  SalesAgentError,
  type Timer,
} from "@salesagent/ports";

/** Time limits with every gap filled. */
export type ResolvedTimeouts = Required<ModelTimeouts>;

const DEFAULTS: ResolvedTimeouts = {
  headersMs: 60_000,
  firstTokenMs: 120_000,
  stallMs: 30_000,
  totalMs: Number.POSITIVE_INFINITY,
};

/** A reply that comes whole begins when it is done: its headers and its first token take as long as all of it. */
const WHOLE_DEFAULTS: ResolvedTimeouts = { ...DEFAULTS, headersMs: 300_000, firstTokenMs: 300_000 };

/** Fills the defaults. @throws RangeError naming the limit that is not a positive number. */
export function resolveTimeouts(
  given: ModelTimeouts = {},
  delivery: ModelCallOptions["delivery"] = "streamed",
): ResolvedTimeouts {
  const resolved = { ...(delivery === "whole" ? WHOLE_DEFAULTS : DEFAULTS), ...given };
  for (const [limit, value] of Object.entries(resolved)) {
    if (!(value > 0))
      throw new RangeError(`timeouts.${limit} must be a number of milliseconds > 0, got ${value}`);
  }
  return resolved;
}

/** Which limit was passed. */
export type DeadlinePhase = "headers" | "first-token" | "stall" | "total";

/**
 * Watches one call. A single timer serves all limits: activity only notes the time, and a timer that rings early looks
 * when to ring next, so that a token costs no timer. Silence counts only while a read waits: a reader that takes its time
 * must not look like a vendor that does.
 */
export class CallDeadlines {
  readonly #clock: Clock;
  readonly #timeouts: ResolvedTimeouts;
  readonly #onLate: (phase: DeadlinePhase, limitMs: number) => void;
  readonly #startedMs: number;
  #aliveMs: number;
  #phase: "headers" | "first-token" | "streaming" = "headers";
  #timer: Timer | undefined;
  #waiting = true;
  /** The timer rang while nobody waited, so it may be set too late for who waits now. */
  #rangUnheard = false;
  #stopped = false;

  constructor(
    clock: Clock,
    timeouts: ResolvedTimeouts,
    onLate: (phase: DeadlinePhase, limitMs: number) => void,
  ) {
    this.#clock = clock;
    this.#timeouts = timeouts;
    this.#onLate = onLate;
    this.#startedMs = clock.elapsed();
    this.#aliveMs = this.#startedMs;
    this.#arm();
  }

  /** Milliseconds since the call began. */
  get elapsedMs(): number {
    return this.#clock.elapsed() - this.#startedMs;
  }

  headersCame(): void {
    this.#phase = "first-token";
    this.#aliveMs = this.#clock.elapsed();
    this.#arm();
  }

  firstTokenCame(): void {
    this.#phase = "streaming";
    this.#arm();
  }

  /** Bytes came, keep-alives included. */
  alive(): void {
    this.#aliveMs = this.#clock.elapsed();
  }

  /** Somebody waits for the next bytes. */
  readBegins(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#aliveMs = this.#clock.elapsed();
    if (!this.#rangUnheard) return;
    this.#rangUnheard = false;
    this.#arm();
  }

  /** Nobody waits until the next {@link readBegins}. */
  readEnds(): void {
    this.#waiting = false;
  }

  /** For good: what comes later sets no timer. */
  stop(): void {
    this.#stopped = true;
    this.#disarm();
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(): void {
    this.#disarm();
    if (this.#stopped) return;
    const next = this.#next();
    const waitMs = next.atMs - this.#clock.elapsed();
    if (waitMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#clock.schedule(Math.max(0, waitMs), () => this.#ring());
  }

  #ring(): void {
    const nowMs = this.#clock.elapsed();
    if (!this.#waiting) {
      this.#rangUnheard = true;
      this.#aliveMs = nowMs;
    }
    const next = this.#next();
    if (nowMs >= next.atMs) this.#onLate(next.phase, next.limitMs);
    else this.#arm();
  }

  /** The limit that would be passed first if nothing more came. */
  #next(): { readonly phase: DeadlinePhase; readonly atMs: number; readonly limitMs: number } {
    const { headersMs, firstTokenMs, stallMs, totalMs } = this.#timeouts;
    const total = { phase: "total", atMs: this.#startedMs + totalMs, limitMs: totalMs } as const;
    if (!this.#waiting && this.#phase !== "streaming") return total;
    const current =
      this.#phase === "streaming"
        ? ({ phase: "stall", atMs: this.#aliveMs + stallMs, limitMs: stallMs } as const)
        : this.#phase === "headers" && headersMs < firstTokenMs
          ? ({ phase: "headers", atMs: this.#startedMs + headersMs, limitMs: headersMs } as const)
          : ({ phase: "first-token", atMs: this.#startedMs + firstTokenMs, limitMs: firstTokenMs } as const);
    return total.atMs < current.atMs ? total : current;
  }
}

const AWAITED: Readonly<Record<DeadlinePhase, string>> = {
  headers: "sent no response headers",
  "first-token": "sent no first token",
  stall: "fell silent in the middle of its answer",
  total: "was not done",
};

/** The error for a limit that was passed. */
export function timedOutError(
  facts: { readonly provider: string; readonly modelId: string; readonly requestId?: string },
  phase: DeadlinePhase,
  limitMs: number,
): SalesAgentError<"model.timed_out"> {
  return new SalesAgentError("model.timed_out", {
    message: `${facts.provider}/${facts.modelId} ${AWAITED[phase]} within ${limitMs} ms. Call again, fail over, or raise \`timeouts.${phase === "first-token" ? "firstTokenMs" : `${phase}Ms`}\`.`,
    facts: { ...facts, phase, limitMs },
    replay: "safe",
  });
}
