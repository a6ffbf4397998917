import { describe, expect, it } from "vitest";
import { toWaterfall } from "./waterfall-rows.js";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, seconds)).toISOString();
const NOW = Date.parse(at(60));

const run = {
  ...{ id: "r", agent: "writer", status: "completed", costUsd: 0.5, startedAt: at(1), latencyMs: 9_000 },
  steps: [
    {
      index: 1,
      kind: "tool",
      name: "look_up",
      status: "failed",
      error: { code: "tool.failed" },
      startedAt: at(4),
      latencyMs: 500,
    },
    {
      index: 0,
      kind: "model",
      name: "plan",
      status: "completed",
      output: "x",
      startedAt: at(1),
      latencyMs: 3_000,
    },
  ],
  modelCalls: [
    {
      id: "a",
      provider: "openai",
      modelId: "m",
      outcome: "failed",
      errorCode: "model.rate_limited",
      stepIndex: 0,
      usage: {},
      startedAt: at(1),
      latencyMs: 1_000,
    },
    {
      id: "b",
      provider: "openai",
      modelId: "m",
      purpose: "retry",
      outcome: "completed",
      stepIndex: 0,
      usage: { inputTokens: 9, outputTokens: 3 },
      costUsd: 0.5,
      startedAt: at(2),
      latencyMs: 2_000,
    },
    {
      id: "c",
      provider: "openai",
      modelId: "m",
      outcome: "completed",
      stepIndex: 7,
      usage: {},
      startedAt: at(9),
      latencyMs: 3_000,
    },
  ],
  truncated: false,
};

describe("toWaterfall", () => {
  it("puts attempts below the step that made them, each where it began", () => {
    const { rows, totalMs } = toWaterfall({ runs: [run] }, NOW);
    expect(rows.map(({ depth, name, offsetMs, outcome }) => [depth, name, offsetMs, outcome])).toEqual([
      [0, "writer", 0, "completed"],
      [1, "plan", 0, "completed"],
      [2, "openai/m", 0, "failed"],
      [2, "openai/m", 1_000, "completed"],
      [1, "look_up", 3_000, "failed"],
      [2, "openai/m", 8_000, "completed"],
    ]);
    expect(rows.map(({ note }) => note)).toEqual([
      "",
      "",
      "model.rate_limited",
      "retry · 9 → 3 tokens",
      "tool.failed",
      "",
    ]);
    expect(totalMs).toBe(11_000);
  });

  it("tells a price that is not known from none", () => {
    const [whole, , unpriced] = toWaterfall({ runs: [run] }, NOW).rows;
    expect([whole?.isUnpriced, unpriced?.isUnpriced, unpriced?.costUsd]).toEqual([false, true, undefined]);
  });

  it("lets a run that goes on take until now, and calls a wait for a person one", () => {
    const bare = { ...run, steps: [], modelCalls: [] };
    const { latencyMs: _, ...going } = { ...bare, status: "running" };
    expect(toWaterfall({ runs: [going] }, NOW)).toMatchObject({
      totalMs: 59_000,
      rows: [{ latencyMs: 59_000 }],
    });
    const error = { code: "approval.required", message: "" };
    const waited = toWaterfall({ runs: [{ ...bare, status: "failed", error }] }, NOW);
    expect(waited.rows).toMatchObject([{ outcome: "waited", note: "" }]);
  });

  it("is empty, and no longer than nothing, without runs", () => {
    expect(toWaterfall({ runs: [] }, NOW)).toEqual({ rows: [], totalMs: 1, truncated: false });
  });
});
