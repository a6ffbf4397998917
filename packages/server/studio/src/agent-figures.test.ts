import { expect, it } from "vitest";
import { agentFigures } from "./agent-figures.js";

const day = (agent: string, part: object) => ({
  ...{ day: "2026-01-01", agent, runs: 0, completed: 0, failed: 0, cancelled: 0 },
  ...{ errorRate: 0, costUsd: 0, unpricedRuns: 0, ...part },
});

it("sums days by agent, the dearest first, with the times of the slowest day", () => {
  const figures = agentFigures([
    day("writer", { runs: 3, completed: 2, failed: 1, costUsd: 1, latencyMs: { p50: 10, p95: 50, p99: 60 } }),
    day("scout", { runs: 1, completed: 1, costUsd: 5 }),
    day("writer", { runs: 2, cancelled: 1, costUsd: 2, latencyMs: { p50: 20, p95: 30, p99: 40 } }),
  ]);
  expect(figures).toEqual([
    { agent: "scout", runs: 1, failed: 0, ended: 1, costUsd: 5, p50Ms: undefined, p95Ms: undefined },
    { agent: "writer", runs: 5, failed: 1, ended: 4, costUsd: 3, p50Ms: 20, p95Ms: 50 },
  ]);
});
