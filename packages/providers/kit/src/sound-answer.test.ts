import type { JsonValue, ModelEvent, ModelProfile, Usage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import type { AnswerDecoder, AnswerEnd } from "./answer-decoder.js";
import { exchangeStream } from "./exchange.js";
import { WireFailure } from "./wire-failure.js";

const KEY = "sk-planted-0123456789abcdef";
const profile: ModelProfile = {
  abilities: {
    tools: true,
    parallelTools: true,
    structuredOutput: "none",
    reasoning: false,
    vision: false,
    sampling: false,
    prefill: false,
  },
  price: { input: 1, output: 1, asOf: "2026-11-01" },
  locality: "cloud",
  source: { asOf: "2026-11-01" },
};

/** Believes what the server sends: `{ events, usage, cost, failure }`. */
class TrustingDecoder implements AnswerDecoder {
  #body: { events?: ModelEvent[]; usage?: Usage; cost?: number; failure?: string } = {};

  push(bytes: Uint8Array, events: ModelEvent[]): boolean {
    this.#body = JSON.parse(new TextDecoder().decode(bytes));
    const { failure } = this.#body;
    if (failure !== undefined) {
      throw new WireFailure({ kind: "in-band", vendorCode: failure, vendorMessage: failure });
    }
    events.push(...(this.#body.events ?? []));
    return true;
  }

  end(): AnswerEnd {
    const { cost: toldCostUsd } = this.#body;
    return { reason: "stop", usage: this.usage(), ...(toldCostUsd === undefined ? {} : { toldCostUsd }) };
  }

  usage(): Usage {
    return this.#body.usage ?? {};
  }
}

function answer(body: JsonValue) {
  return exchangeStream({
    provider: "toy",
    modelId: "t",
    profile,
    baseUrl: "http://toy.invalid",
    clock: { now: () => 0, elapsed: () => 0, schedule: () => ({ cancel() {} }) },
    prepare: () => ({
      send: async () => Response.json(body),
      decoder: new TrustingDecoder(),
      mediaTypes: ["application/json"],
      warnings: [],
      secrets: [KEY],
    }),
  }).result();
}

describe("an answer with values of the wrong type", () => {
  it.each<JsonValue>([
    { type: "text-delta", text: { toString: 1 } },
    { type: "reasoning-delta", text: 7 },
    { type: "tool-call-start", callId: -1, name: "look" },
    { type: "tool-call-start", callId: "a", name: ["look"] },
    { type: "tool-call-delta", callId: "a", argumentsText: null },
  ])("is malformed with %j", async (event) => {
    await expect(answer({ events: [event] })).rejects.toMatchObject({ code: "model.malformed_response" });
  });

  it.each([KEY, -1, 1e308, null, {}, true])(
    "has no count where the count is %j, and no cost",
    async (count) => {
      const { usage, costUsd } = await answer({
        usage: { inputTokens: 10, outputTokens: count },
        cost: count,
      });

      expect(usage).toEqual({ inputTokens: 10 });
      expect(costUsd).toBeUndefined();
    },
  );

  it("keeps counts and costs that can be", async () => {
    const { usage, costUsd } = await answer({ usage: { inputTokens: 10, outputTokens: 0 }, cost: 0.5 });

    expect(usage).toEqual({ inputTokens: 10, outputTokens: 0 });
    expect(costUsd).toBe(0.5);
  });

  it("fails as what it is when its error is no text", async () => {
    await expect(answer({ failure: { toString: KEY } })).rejects.toMatchObject({
      code: "model.server_error",
      message: expect.not.stringContaining(KEY),
    });
  });

  it("tells no text as a count in its failure", async () => {
    const failure = await answer({ failure: "overloaded", usage: { inputTokens: KEY } }).catch(
      (error: unknown) => error,
    );

    expect(JSON.stringify(failure)).not.toContain(KEY);
  });
});
