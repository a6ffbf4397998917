import type { SyncPhase, SyncProgress } from "@salesagent/core/crm";
import { systemClock } from "@salesagent/ports";
import type { Output } from "../io.js";
import { formatDuration, ProgressLine } from "../render/progress-line.js";

const PHASES: Readonly<Record<SyncPhase, string>> = {
  backfill: "reading all",
  changes: "reading changes of",
  app: "looking at the app's",
  links: "bringing in step",
};

interface Phase {
  readonly label: string;
  readonly line: ProgressLine;
  readonly startedMs: number;
  done: number;
}

/** A line of progress for each phase and kind, on a terminal; one that is over leaves what it did. */
export class PhaseProgress implements Disposable {
  readonly #output: Output;
  #phase: Phase | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  tell(event: SyncProgress): void {
    if (event.type !== "progress") return;
    const label = `${PHASES[event.phase]} ${event.kind}`;
    const phase = this.#phase?.label === label ? this.#phase : this.#next(label);
    phase.done = event.done;
    phase.line.update({ label, done: event.done, total: event.total });
  }

  [Symbol.dispose](): void {
    this.#end();
  }

  #next(label: string): Phase {
    this.#end();
    const line = new ProgressLine(this.#output, systemClock);
    this.#phase = { label, line, startedMs: systemClock.elapsed(), done: 0 };
    return this.#phase;
  }

  #end(): void {
    const phase = this.#phase;
    if (!phase) return;
    phase.line[Symbol.dispose]();
    this.#phase = undefined;
    if (!this.#output.isTTY || phase.done === 0) return;
    const tookMs = systemClock.elapsed() - phase.startedMs;
    this.#output.write(`${phase.label}: ${phase.done} in ${formatDuration(tookMs)}\n`);
  }
}
