import type { StepStore } from "@salesagent/ports";
import { toNormalPage, toNormalStep, toStorable } from "@salesagent/ports/store-rules";
import type { StoreContext } from "./store-context.js";

export function createMemoryStepStore({ rows, admit }: StoreContext): StepStore {
  return {
    port: "step-store/1",
    async putMany(steps, call) {
      admit("steps", call);
      for (const step of steps.map((step, index) => toNormalStep(`steps[${index}]`, step))) {
        rows.steps.put(JSON.stringify([step.runId, step.index]), step.index, step);
      }
    },
    async list(runId, page, call) {
      admit("steps", call);
      return rows.steps.page({ page: toNormalPage("steps", page) }, toStorable("steps", "runId", runId));
    },
  };
}
