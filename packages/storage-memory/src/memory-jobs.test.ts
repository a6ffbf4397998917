import { jobEngineConformance, manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { memoryJobs } from "./memory-jobs.js";
import { memoryStorage } from "./memory-storage.js";

jobEngineConformance({ describe, it, expect }, async () => {
  const clock = manualClock();
  const engine = memoryJobs({ clock });
  return {
    engine,
    storage: memoryStorage({ clock }),
    now: () => clock.now(),
    pass: async (ms) => clock.advance(ms),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
});
