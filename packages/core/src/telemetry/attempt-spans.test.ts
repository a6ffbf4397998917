import type { AttemptGuard, AttemptPlan, ModelAttempt, RoutingDecision } from "@salesagent/ports";
import { userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { beginAttempt, planAttempt } from "../model/begin-attempt.js";
import { scriptedModel } from "../scripted-model/scripted-model.js";
import { attemptSpans, attemptSpansOf } from "./attempt-spans.js";
import { noTelemetry } from "./telemetry.js";
import { recordingTelemetry } from "./testing/recording-telemetry.js";

const model = scriptedModel([], {}, { provider: "gemini", modelId: "gemini-3.8-flash" });
const request = {
  messages: [userMessage("Ada's secret")],
  maxOutputTokens: 200,
  temperature: 0,
  stop: ["END"],
};
const who = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "gcp.gemini",
  "gen_ai.request.model": "gemini-3.8-flash",
};
const completed: ModelAttempt = {
  provider: "gemini",
  modelId: "gemini-3.8-flash",
  purpose: "failover",
  outcome: "completed",
  requestId: "req_1",
  usage: {
    inputTokens: 100,
    cachedInputTokens: 80,
    cacheWriteTokens: 5,
    outputTokens: 20,
    reasoningTokens: 8,
  },
  costUsd: 0.002,
  latencyMs: 1_500,
  firstTokenMs: 250,
};

function plan(scope: AttemptPlan["scope"] = {}): AttemptPlan {
  return planAttempt(model, request, { scope }, "failover");
}

describe("the span of an attempt", () => {
  it("tells model, request, purpose and scope when it begins", async () => {
    const { telemetry, spans } = recordingTelemetry();
    const parent = telemetry.startSpan("call", "internal", {});

    await attemptSpans(telemetry, { parent, streamed: true })?.begin(
      plan({ tenant: "acme", agent: "qualification", runId: "r1", leadId: "l1", campaignId: "c1" }),
    );

    expect(spans[1]).toMatchObject({ name: "chat gemini-3.8-flash", kind: "client", parent, ends: 0 });
    expect(spans[1]?.attributes).toEqual({
      ...who,
      "gen_ai.request.max_tokens": 200,
      "gen_ai.request.temperature": 0,
      "gen_ai.request.stop_sequences": ["END"],
      "gen_ai.request.stream": true,
      "gen_ai.output.type": "text",
      "gen_ai.agent.name": "qualification",
      "salesagent.tenant": "acme",
      "salesagent.run.id": "r1",
      "salesagent.lead.id": "l1",
      "salesagent.campaign.id": "c1",
      "salesagent.attempt.purpose": "failover",
    });
  });

  it("tells usage, cost and times when it has completed, and never the text", async () => {
    const { telemetry, spans } = recordingTelemetry();
    await attemptSpans(telemetry)?.begin(plan()).end(completed);

    expect(spans[0]).toMatchObject({ failure: undefined, ends: 1 });
    expect(spans[0]?.attributes).toMatchObject({
      "gen_ai.usage.input_tokens": 100,
      "gen_ai.usage.output_tokens": 20,
      "gen_ai.usage.cache_read.input_tokens": 80,
      "gen_ai.usage.cache_creation.input_tokens": 5,
      "gen_ai.usage.reasoning.output_tokens": 8,
      "gen_ai.response.id": "req_1",
      "gen_ai.response.time_to_first_chunk": 0.25,
      "salesagent.attempt.outcome": "completed",
      "salesagent.cost_usd": 0.002,
    });
    expect(spans[0]?.attributes).not.toHaveProperty("salesagent.estimated");
    expect(JSON.stringify(spans)).not.toContain("secret");
  });

  it("fails with the error's code, and marks estimates", async () => {
    const { telemetry, spans, measurements } = recordingTelemetry();
    const lost = { ...completed, outcome: "failed", errorCode: "model.stream_cut", estimated: true } as const;
    await attemptSpans(telemetry)?.begin(plan()).end(lost);

    expect(spans[0]).toMatchObject({ failure: "model.stream_cut", ends: 1 });
    expect(spans[0]?.attributes).toMatchObject({
      "salesagent.attempt.outcome": "failed",
      "salesagent.estimated": true,
    });
    expect(measurements.find(({ name }) => name === "gen_ai.client.operation.duration")).toEqual({
      name: "gen_ai.client.operation.duration",
      value: 1.5,
      attributes: { ...who, "error.type": "model.stream_cut" },
    });
  });

  it("says that a later guard refused, and measures nothing", async () => {
    const { telemetry, spans, measurements } = recordingTelemetry();
    const broke = new Error("over budget");
    const refusing: AttemptGuard = { begin: () => Promise.reject(broke) };
    const attempts = attemptSpans(telemetry);

    await expect(beginAttempt(attempts ? [attempts, refusing] : [], plan(), {})).rejects.toBe(broke);

    expect(spans[0]).toMatchObject({ failure: "refused", ends: 1 });
    expect(measurements).toEqual([]);
  });
});

describe("measurements of an attempt", () => {
  it("are duration, first chunk, tokens by type and cost", async () => {
    const { telemetry, measurements } = recordingTelemetry();
    await attemptSpans(telemetry)?.begin(plan()).end(completed);

    expect(measurements).toEqual([
      { name: "gen_ai.client.operation.duration", value: 1.5, attributes: who },
      { name: "gen_ai.client.operation.time_to_first_chunk", value: 0.25, attributes: who },
      { name: "gen_ai.client.token.usage", value: 100, attributes: { ...who, "gen_ai.token.type": "input" } },
      { name: "gen_ai.client.token.usage", value: 20, attributes: { ...who, "gen_ai.token.type": "output" } },
      {
        name: "salesagent.client.cost",
        value: 0.002,
        attributes: { ...who, "salesagent.attempt.purpose": "failover" },
      },
    ]);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, undefined])(
    "leave out a cost of %s",
    async (costUsd) => {
      const { telemetry, measurements } = recordingTelemetry();
      const { costUsd: _, firstTokenMs: __, ...rest } = completed;
      const odd = { ...rest, usage: {}, ...(costUsd === undefined ? {} : { costUsd }) };
      await attemptSpans(telemetry)?.begin(plan()).end(odd);

      expect(measurements.map(({ name }) => name)).toEqual(["gen_ai.client.operation.duration"]);
    },
  );
});

describe("the span of a decision", () => {
  const facts = { breaker: "closed" } as const;
  const decision: RoutingDecision = {
    policy: "fastest",
    candidates: [
      { provider: "a", modelId: "one", rank: 1, score: 0.9, facts },
      { provider: "b", modelId: "two", rank: 2, score: 0.4, facts },
      { provider: "c", modelId: "three", passedOver: ["has no tools", "its breaker is open"], facts },
    ],
  };

  it("tells policy, order, scores and why others were passed over, once a call", () => {
    const { telemetry, spans } = recordingTelemetry();
    const attempts = attemptSpans(telemetry);
    attempts?.decided(decision);
    attempts?.decided(decision);

    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({ name: "route", kind: "internal", ends: 1 });
    expect(spans[0]?.attributes).toEqual({
      "salesagent.route.policy": "fastest",
      "salesagent.route.chosen": "a/one",
      "salesagent.route.candidates": 3,
      "salesagent.route.ranked": ["a/one", "b/two"],
      "salesagent.route.scores": [0.9, 0.4],
      "salesagent.route.passed_over": ["c/three: has no tools; its breaker is open"],
    });
  });

  it("stays small among a hundred candidates with long reasons", () => {
    const { telemetry, spans } = recordingTelemetry();
    const candidates = Array.from({ length: 100 }, (_, index) => ({
      ...{ provider: "p", modelId: `m${index}`, facts },
      ...(index < 50 ? { rank: index + 1, score: 1 } : { passedOver: ["x".repeat(10_000)] }),
    }));
    attemptSpans(telemetry)?.decided({ policy: "custom", candidates });

    expect(JSON.stringify(spans[0]?.attributes).length).toBeLessThan(6_000);
    expect(spans[0]?.attributes).toMatchObject({ "salesagent.route.candidates": 100 });
  });
});

describe("attempt spans", () => {
  it("are no guard at all where nobody listens", () => {
    expect(attemptSpans(noTelemetry)).toBeUndefined();
  });

  it("are found among the guards of a call", () => {
    const spans = attemptSpans(recordingTelemetry().telemetry);
    const other = { begin: () => ({ end() {} }) };
    expect(attemptSpansOf([other, ...(spans ? [spans] : [])])).toBe(spans);
    expect(attemptSpansOf([other])).toBeUndefined();
    expect(attemptSpansOf(undefined)).toBeUndefined();
  });

  it("let attempts begin and end when the host's telemetry throws", async () => {
    const failing = () => {
      throw new Error("the host's own");
    };
    for (const startSpan of [failing, () => ({ set: failing, fail: failing, end: failing })]) {
      const permit = attemptSpans({ startSpan, measure: failing })?.begin(plan());
      expect(() => permit?.end(completed)).not.toThrow();
    }
  });
});
