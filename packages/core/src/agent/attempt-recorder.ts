import type {
  AttemptGuard,
  AttemptPermit,
  AttemptPlan,
  ModelAttempt,
  ModelEvent,
  ModelName,
} from "@salesagent/ports";
import { lostAttemptCost } from "../model/attempt-cost.js";
import { wasRefused } from "../model/begin-attempt.js";
import type { RunContext } from "./run-context.js";

/** How long a call that is over waits for its last attempts to end. Only a model that ignores its signal takes any of it. */
const GRACE_MS = 1_000;

interface OpenAttempt {
  readonly plan: AttemptPlan;
  readonly startedAtMs: number;
  /** The lost attempt that it makes good. */
  readonly replaces: ModelAttempt | undefined;
}

/**
 * Puts every attempt of one model call on record, once, however it ends, and tells the bus when another model takes over. Pass
 * it as the last guard, so that it sees only attempts that are made.
 */
export class AttemptRecorder implements AttemptGuard {
  readonly #context: RunContext;
  readonly #open = new Set<OpenAttempt>();
  /** The latest attempt that did not bring the answer. */
  #lost: ModelAttempt | undefined;
  /** Who answers, as far as the bus was told. */
  #answering: ModelName | undefined;
  #allEnded = () => {};

  constructor(context: RunContext) {
    this.#context = context;
  }

  begin(plan: AttemptPlan): AttemptPermit {
    const takesOver = plan.purpose === "failover" || plan.purpose === "continuation";
    const replaces = takesOver ? this.#lost : undefined;
    const open: OpenAttempt = { plan, startedAtMs: this.#context.clock.now(), replaces };
    this.#open.add(open);
    return { end: (attempt) => this.#end(open, attempt) };
  }

  /** Looks at an event of the answer: a model that asks no guards tells of its failovers by its events alone. */
  see(event: ModelEvent): void {
    if (event.type !== "start" && event.type !== "restart" && event.type !== "continue") return;
    for (const { replaces, plan } of this.#open) {
      if (replaces && isSame(plan, event)) this.#takeOver(replaces, plan, replaces.errorCode);
    }
    if (event.type !== "start" && this.#answering) this.#takeOver(this.#answering, event, event.errorCode);
    this.#answering = event;
  }

  /** Resolves when every attempt is on record; one that does not end in time is put there as aborted. */
  async settled(): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = this.#context.clock.schedule(GRACE_MS, resolve);
      this.#allEnded = () => {
        timer.cancel();
        resolve();
      };
    });
    for (const open of [...this.#open]) this.#end(open, lostAttempt(open, this.#context.clock.now()));
  }

  #end(open: OpenAttempt, attempt: ModelAttempt): void {
    if (!this.#open.delete(open)) return;
    if (!wasRefused(attempt)) this.#note(open, attempt);
    if (this.#open.size === 0) this.#allEnded();
  }

  #note({ replaces, plan, startedAtMs }: OpenAttempt, attempt: ModelAttempt): void {
    if (replaces) this.#takeOver(replaces, plan, replaces.errorCode);
    if (attempt.outcome !== "completed") this.#lost = attempt;
    this.#context.noteAttempt(attempt, new Date(startedAtMs).toISOString());
  }

  /** Once for each model that takes over, whether its attempt or its answer tells it first. */
  #takeOver(from: ModelName, to: ModelName, errorCode = "internal"): void {
    if (isSame(from, to) || (this.#answering && isSame(this.#answering, to))) return;
    this.#answering = to;
    this.#context.emit("model-failed-over", { from: nameOf(from), to: nameOf(to), errorCode });
  }
}

function isSame(left: ModelName, right: ModelName): boolean {
  return left.provider === right.provider && left.modelId === right.modelId;
}

function nameOf({ provider, modelId }: ModelName): ModelName {
  return { provider, modelId };
}

function lostAttempt({ plan, startedAtMs }: OpenAttempt, nowMs: number): ModelAttempt {
  const { provider, modelId, purpose } = plan;
  const cost = lostAttemptCost(plan, undefined, 0, startedAtMs);
  return {
    ...{ provider, modelId, purpose, errorCode: "aborted", ...cost },
    outcome: "aborted",
    latencyMs: Math.max(0, nowMs - startedAtMs),
  };
}
