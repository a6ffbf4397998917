import { getEventListeners } from "node:events";
import { inspect } from "node:util";
import { type EmbeddingModel, type ErrorCode, SalesAgentError } from "@salesagent/ports";
import { macrotask, rejectionOf, standingAfterTurn } from "../language-model/bench.js";
import { PLANTED_KEY, type ScenarioServer } from "../language-model/harness.js";
import type { ScenarioFault } from "../language-model/scenario.js";
import type { ManualClock } from "../manual-clock.js";
import type { Runner } from "../runner.js";

/** What the server answers. It fits the sandbox's `Reply`. */
export interface EmbeddingScenario {
  /** @defaultValue vectors made from a hash of each input */
  readonly embeddings?: readonly (readonly number[])[];
  readonly fault?: Extract<ScenarioFault, { type: "status" | "silence" | "html" | "reset" }>;
}

/** What one case gets: a fresh server, and a fresh model that talks to it. */
export interface EmbeddingHarness {
  readonly model: EmbeddingModel;
  /** The clock that the model was made with. */
  readonly clock: ManualClock;
  readonly server: ScenarioServer;
  close(): Promise<void>;
}

/** What the suite is told of the model under test. */
export interface EmbeddingModelSetup {
  /** Shown in the suite's title. */
  readonly name: string;
  /** Opens a fresh server that answers with the scenario, and a model that talks to it with `PLANTED_KEY`. */
  open(scenario: EmbeddingScenario): Promise<EmbeddingHarness>;
}

interface EmbeddingCase {
  readonly name: string;
  readonly scenario?: EmbeddingScenario;
  readonly run: (harness: EmbeddingHarness, expect: Runner["expect"]) => Promise<void>;
}

/** What every `embedding-model/1` promises. Runs on Node. */
export function embeddingModelConformance(runner: Runner, setup: EmbeddingModelSetup): void {
  runner.describe(`embedding-model/1: ${setup.name}`, () => {
    for (const { name, scenario = {}, run } of CASES) {
      runner.it(name, async () => {
        const harness = await setup.open(scenario);
        try {
          await run(harness, runner.expect);
        } finally {
          await harness.close();
        }
      });
    }
  });
}

const INPUTS = ["a fintech in Zürich", "a bakery", "東京 logistics"];

const CASES: readonly EmbeddingCase[] = [
  {
    name: "gives one vector for each input, all of one length",
    async run({ model }, expect) {
      const { vectors } = await model.embed(INPUTS);
      expect(vectors).toHaveLength(3);
      for (const vector of vectors) expect(vector).toBeInstanceOf(Float32Array);
      expect(new Set(vectors.map((vector) => vector.length)).size).toBe(1);
      expect(vectors[0]?.length).toBeGreaterThan(0);
    },
  },
  {
    name: "gives the vectors in the order of the inputs",
    async run({ model }, expect) {
      const { vectors } = await model.embed(INPUTS);
      for (const [index, input] of INPUTS.entries()) {
        const alone = await model.embed([input]);
        expect([...(alone.vectors[0] ?? [])], input).toEqual([...(vectors[index] ?? [])]);
      }
    },
  },
  {
    name: "splits a list that is longer than one request takes",
    async run({ model, server }, expect) {
      const inputs = Array.from({ length: model.maxInputs + 1 }, (_, index) => `lead ${index}`);
      const { vectors } = await model.embed(inputs);
      expect(vectors).toHaveLength(inputs.length);
      expect(server.requests()).toBeGreaterThan(1);
      const last = await model.embed([`lead ${model.maxInputs}`]);
      expect([...(vectors[model.maxInputs] ?? [])]).toEqual([...(last.vectors[0] ?? [])]);
    },
  },
  {
    name: "answers an empty list without a request",
    async run({ model, server }, expect) {
      expect((await model.embed([])).vectors).toHaveLength(0);
      expect(server.requests()).toBe(0);
    },
  },
  {
    name: "refuses an empty input by its index, and sends nothing",
    async run({ model, server }, expect) {
      const failure = await rejectionOf(model.embed(["a", "", "c"]));
      expect(failure).toBeInstanceOf(TypeError);
      expect(String(failure)).toMatch(/\b1\b/);
      expect(server.requests()).toBe(0);
    },
  },
  {
    name: "tells the cost exactly when it has a price and the usage is told",
    async run({ model }, expect) {
      const { usage, costUsd } = await model.embed(INPUTS);
      expect(costUsd !== undefined).toBe(model.price !== undefined && usage.inputTokens !== undefined);
    },
  },
  {
    name: "fails when the reply has fewer vectors than inputs",
    scenario: { embeddings: [[0.5, 0.25]] },
    run: ({ model }, expect) => expectFailure(model, "model.malformed_response", expect),
  },
  ...(
    [
      ["auth", "model.auth"],
      ["rate-limit", "model.rate_limited"],
      ["server", "model.server_error"],
      ["not-found", "model.not_found"],
    ] as const
  ).map(
    ([reason, code]): EmbeddingCase => ({
      name: `turns a refusal for ${reason} into ${code}, without the key`,
      scenario: { fault: { type: "status", reason, message: `Refused for key ${PLANTED_KEY}` } },
      async run({ model, server }, expect) {
        await expectFailure(model, code, expect);
        expect(server.requests(), "tries again by itself").toBe(1);
      },
    }),
  ),
  {
    name: "turns a web page into model.malformed_response",
    scenario: { fault: { type: "html" } },
    run: ({ model }, expect) => expectFailure(model, "model.malformed_response", expect),
  },
  {
    name: "turns a reset into model.unreachable",
    scenario: { fault: { type: "reset" } },
    run: ({ model }, expect) => expectFailure(model, "model.unreachable", expect),
  },
  {
    name: "rejects with the caller's reason and sends nothing when it was aborted before",
    async run({ model, server }, expect) {
      const caller = new AbortController();
      const reason = new Error("the prospect hung up");
      caller.abort(reason);
      expect(await rejectionOf(model.embed(INPUTS, { signal: caller.signal }))).toBe(reason);
      expect(server.requests()).toBe(0);
    },
  },
  {
    name: "rejects within a turn when it is aborted, and leaves nothing behind",
    scenario: { fault: { type: "silence" } },
    async run({ model, server, clock }, expect) {
      const caller = new AbortController();
      const reason = new Error("the prospect hung up");
      const pending = model.embed(INPUTS, { signal: caller.signal });
      pending.catch(() => {});
      await until(() => server.requests() === 1);
      caller.abort(reason);
      expect(await standingAfterTurn(pending)).toEqual({ state: "rejected", reason });
      await until(() => server.openAnswers() === 0 && clock.pendingTimers === 0);
      expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
    },
  },
];

async function expectFailure(
  model: EmbeddingModel,
  code: ErrorCode,
  expect: Runner["expect"],
): Promise<void> {
  const failure = await rejectionOf(model.embed(INPUTS));
  if (!SalesAgentError.is(failure)) throw new Error(`expected ${code}, got ${inspect(failure)}`);
  expect(failure.code, failure.message).toBe(code);
  expect(failure.facts).toMatchObject({ provider: model.provider, modelId: model.modelId });
  expect(failure.message).toContain(model.modelId);
  const printed = inspect(failure, { depth: Number.POSITIVE_INFINITY, showHidden: true });
  expect((printed + JSON.stringify(failure)).includes(PLANTED_KEY), "the key is in it").toBe(false);
}

const PATIENCE_MS = 5_000;

async function until(condition: () => boolean): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > untilMs) throw new Error("waited in vain for the network");
    await macrotask();
  }
}
