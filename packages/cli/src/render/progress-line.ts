import type { Clock, Timer } from "@salesagent/ports";
import type { Output } from "../io.js";

/** How far a piece of work has come. */
export interface ProgressState {
  readonly label: string;
  readonly done: number;
  /** Absent when nobody knows. */
  readonly total?: number | undefined;
}

/** How often the line is drawn, in milliseconds. */
const REDRAW_MS = 100;
const BAR_CHARS = 24;

/**
 * One line that shows progress: a bar, counts, rate and time left. On a terminal it is drawn over and over; elsewhere
 * nothing is written, so that logs stay readable.
 */
export class ProgressLine implements Disposable {
  readonly #output: Output;
  readonly #clock: Clock;
  readonly #startedMs: number;
  #state: ProgressState | undefined;
  #timer: Timer | undefined;
  #drawn = false;

  constructor(output: Output, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
    this.#startedMs = clock.elapsed();
  }

  update(state: ProgressState): void {
    this.#state = state;
    if (!this.#output.isTTY || this.#timer) return;
    this.#timer = this.#clock.schedule(REDRAW_MS, () => {
      this.#timer = undefined;
      this.#draw();
    });
  }

  /** Takes the line away so that something else can be written. */
  clear(): void {
    if (this.#drawn) this.#output.write("\r\u001b[2K");
    this.#drawn = false;
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.clear();
  }

  #draw(): void {
    if (!this.#state) return;
    this.#output.write(`\r\u001b[2K${formatProgress(this.#state, this.#clock.elapsed() - this.#startedMs)}`);
    this.#drawn = true;
  }
}

/** The line's text, such as `qualifying ███░░ 12/60  34/s  2 s left`. */
export function formatProgress({ label, done, total }: ProgressState, elapsedMs: number): string {
  const rate = elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0;
  const perSecond = `${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s`;
  if (total === undefined || total <= 0) return `${label} ${done}  ${perSecond}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_CHARS);
  const bar = "█".repeat(filled) + "░".repeat(BAR_CHARS - filled);
  const left = rate > 0 ? formatDuration(((total - done) / rate) * 1000) : "?";
  return `${label} ${bar} ${done}/${total}  ${perSecond}  ${left} left`;
}

/** A duration for people: `850 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
