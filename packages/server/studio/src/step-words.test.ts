import type { JsonValue } from "@salesagent/client";
import { expect, it } from "vitest";
import { stepWords } from "./step-words.js";

it.each<[string, JsonValue, string]>([
  ["run-started", { agent: "writer" }, "writer began"],
  ["step-started", { index: 1, name: "gpt" }, "Step 2: gpt"],
  ["tool-started", { name: "look_up", recalled: true }, "Tool look_up (done before)"],
  ["tool-finished", { name: "look_up", failed: true, latencyMs: 20 }, "Tool look_up failed, 20 ms"],
  ["criterion", { label: "Size", outcome: "met", evidence: "51 is within" }, "Size: met. 51 is within"],
  ["approval-requested", { tool: "send_email" }, "Waits for an approval of send_email"],
  ["run-completed", { summary: { latencyMs: 1_500, costUsd: 0.002 } }, "Done, 1.5 s, $0.002"],
  [
    "run-failed",
    { code: "model.timed_out", message: "It took long." },
    "Failed: model.timed_out. It took long.",
  ],
])("says %s", (type, data, text) => {
  expect(stepWords({ seq: 3, type, data })).toMatchObject({ seq: 3, text });
});

it.each(["text-delta", "output-partial", "finish", "something-new"])("says nothing of %s", (type) => {
  expect(stepWords({ seq: 1, type, data: { text: "x" } })).toBeUndefined();
});

it("says what it can of an event that is not as it should be", () => {
  expect(stepWords({ seq: 1, type: "tool-finished", data: "odd" })?.text).toBe("Tool  is done, –");
});
