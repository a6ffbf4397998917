import { FEW_TRIES, overBounds, tooEarly } from "../bounds.js";
import type { DrillScenario } from "../scenario.js";

const RETRY_AFTER_S = 90;

const rateLimitWithWait: DrillScenario = {
  id: 1,
  title: "429 with Retry-After",
  simulates: `The primary refuses every request with 429 and Retry-After: ${RETRY_AFTER_S} (seconds). Two calls.`,
  async play(stage) {
    stage.spoil("primary", {
      fault: { type: "status", reason: "rate-limit", retryAfter: { seconds: RETRY_AFTER_S } },
    });
    for (let call = 0; call < 2; call++) {
      await stage.call({ from: ["fallback"], errors: ["model.rate_limited"] });
    }
  },
  provider: (traffic, stage) => [
    ...tooEarly(
      traffic,
      "primary",
      stage.made.map(({ report }) => report),
      RETRY_AFTER_S * 1000,
    ),
    ...overBounds(traffic, stage, { primary: 1, fallback: 1 }),
  ],
};

const rateLimitWithoutWait: DrillScenario = {
  id: 2,
  title: "429 without Retry-After",
  simulates: "The primary refuses every request with 429 and says nothing of when to come back.",
  async play(stage) {
    stage.spoil("primary", { fault: { type: "status", reason: "rate-limit" } });
    await stage.call({ from: ["fallback"], errors: ["model.rate_limited"] });
  },
  provider: (traffic, stage) => overBounds(traffic, stage, FEW_TRIES),
};

const serverErrorOnce: DrillScenario = {
  id: 3,
  title: "500 once",
  simulates: "The primary's first answer is a 500; then it is healthy.",
  async play(stage) {
    stage.spoil("primary", { fault: { type: "status", reason: "server" }, times: 1 });
    await stage.call({ from: ["primary", "fallback"], errors: ["model.server_error"] });
  },
  provider: (traffic, stage) => overBounds(traffic, stage, { primary: 2, fallback: 1 }),
};

const unavailableAlways: DrillScenario = {
  id: 4,
  title: "503 always",
  simulates: "The primary answers every request with 503. Two calls.",
  async play(stage) {
    stage.spoil("primary", { fault: { type: "status", reason: "unavailable" } });
    for (let call = 0; call < 2; call++) {
      await stage.call({ from: ["fallback"], errors: ["model.overloaded", "model.server_error"] });
    }
  },
  provider: (traffic, stage) => overBounds(traffic, stage, FEW_TRIES),
};

const contextLength: DrillScenario = {
  id: 12,
  title: "context length",
  simulates: "The primary says that the prompt does not fit its context; the fallback's is larger.",
  async play(stage) {
    stage.spoil("primary", { fault: { type: "status", reason: "context-length" } });
    await stage.call({ from: ["fallback"], errors: ["model.context_length"] });
  },
  provider: (traffic, stage) => overBounds(traffic, stage, { primary: 1, fallback: 1 }),
};

const contentFilter: DrillScenario = {
  id: 13,
  title: "content filter",
  simulates: "The primary refuses the content of the prompt. To be reported, not routed around.",
  async play(stage) {
    stage.spoil("primary", { fault: { type: "status", reason: "content-filter" } });
    await stage.call({ from: [], errors: ["model.content_filtered"] });
  },
  provider: (traffic, stage) => overBounds(traffic, stage, { primary: 1, fallback: 0 }),
};

/** Refusals before any answer. */
export const REFUSALS: readonly DrillScenario[] = [
  rateLimitWithWait,
  rateLimitWithoutWait,
  serverErrorOnce,
  unavailableAlways,
  contextLength,
  contentFilter,
];
