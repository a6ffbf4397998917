import type { StepStore } from "@salesagent/ports";
import { toNormalPage, toNormalStep, toStorable } from "@salesagent/ports/store-rules";
import type { StoreContext } from "./store-context.js";

export function createMemoryStepStore({ rows, admit }: StoreContext): StepStore {
  return {
    port: "step-store/1",
    async putMany(steps, call) {
      admit("steps", call);
      for (const step of steps.map((step, index) => toNormalStep(`steps[${index}]`, step))) {
        const id = JSON.stringify([step.runId, step.index]);
        if (rows.steps.get(id) === undefined) rows.steps.insert(id, step.index, step);
        else rows.steps.replace(id, step);
      }
    },
    async list(runId, page, call) {
      admit("steps", call);
      return rows.steps.page({ page: toNormalPage("steps", page) }, toStorable("steps", "runId", runId));
    },
  };
}
