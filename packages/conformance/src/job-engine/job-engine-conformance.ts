import type { Runner } from "../runner.js";
import { deadLetterCases } from "./dead-letter-cases.js";
import { forgetCases } from "./forget-cases.js";
import { createEventually, type JobEngineSetup } from "./job-suite.js";
import { runningCases } from "./running-cases.js";
import { scheduleCases } from "./schedule-cases.js";
import { stoppingCases } from "./stopping-cases.js";
import { takingInCases } from "./taking-in-cases.js";
import { transactionCases } from "./transaction-cases.js";

export interface JobEngineConformanceOptions {
  /** How long a case waits for what must come, in real milliseconds. @defaultValue 10,000 */
  readonly patienceMs?: number;
}

/**
 * Defines the cases that every `JobEngine` must pass. No case waits for real time to go by: `setup.pass` moves the
 * engine's.
 *
 * @param runner - Such as `{ describe, it, expect }` of Vitest.
 * @param open - Gives a fresh engine with its world; called in each case, which closes it.
 *
 * @example
 * ```ts
 * import { describe, expect, it } from "vitest";
 * jobEngineConformance({ describe, it, expect }, async () => {
 *   const clock = manualClock();
 *   const [engine, storage] = [memoryJobs({ clock }), memoryStorage({ clock })];
 *   return {
 *     engine,
 *     storage,
 *     now: clock.now,
 *     pass: async (ms) => clock.advance(ms),
 *     [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
 *   };
 * });
 * ```
 */
export function jobEngineConformance(
  { describe, it, expect }: Runner,
  open: () => Promise<JobEngineSetup>,
  { patienceMs = 10_000 }: JobEngineConformanceOptions = {},
): void {
  const suite = { describe, it, expect, open, eventually: createEventually(patienceMs) };
  describe("job-engine/1", () => {
    takingInCases(suite);
    runningCases(suite);
    deadLetterCases(suite);
    forgetCases(suite);
    scheduleCases(suite);
    stoppingCases(suite);
    transactionCases(suite);
  });
}
