import type { EmbeddingModel, EmbeddingResult } from "@salesagent/ports";
import { geminiEmbeddings } from "@salesagent/provider-gemini";
import { ollamaEmbeddings } from "@salesagent/provider-ollama";
import { openaiEmbeddings } from "@salesagent/provider-openai";
import { startSandbox, type Vendor } from "@salesagent/sandbox";
import { describe, expect, it } from "vitest";
import { PLANTED_KEY } from "../language-model/harness.js";
import { collectingRunner } from "../language-model/testing/collecting-runner.js";
import { type ManualClock, manualClock } from "../manual-clock.js";
import { type EmbeddingModelSetup, embeddingModelConformance } from "./suite.js";

type Connection = { readonly baseUrl: string; readonly apiKey: string; readonly clock: ManualClock };

function sandboxed(
  name: string,
  vendor: Vendor,
  create: (connection: Connection) => EmbeddingModel,
): EmbeddingModelSetup {
  return {
    name,
    async open(scenario) {
      const clock = manualClock();
      const sandbox = await startSandbox({ script: scenario, clock: manualClock() });
      return {
        model: create({ baseUrl: sandbox.url(vendor), apiKey: PLANTED_KEY, clock }),
        clock,
        server: {
          requests: () => sandbox.requests.length,
          openAnswers: () => sandbox.connections().busy,
          advance: () => {},
        },
        close: () => sandbox.close(),
      };
    },
  };
}

const openai = (connection: Connection) => openaiEmbeddings("text-embedding-3-small", connection);

embeddingModelConformance({ describe, it, expect }, sandboxed("openai", "openai", openai));
embeddingModelConformance(
  { describe, it, expect },
  sandboxed("gemini", "gemini", (connection) => geminiEmbeddings("gemini-embedding-001", connection)),
);
embeddingModelConformance(
  { describe, it, expect },
  sandboxed("ollama", "ollama", (connection) => ollamaEmbeddings("embeddinggemma", connection)),
);

type Embed = EmbeddingModel["embed"];

/** The OpenAI model with another `embed`. */
const withEmbed = (change: (embed: Embed) => Embed) =>
  sandboxed("sabotaged", "openai", (connection) => {
    const model = openai(connection);
    const { port, provider, modelId, maxInputs, price } = model;
    const embed = change((inputs, call) => model.embed(inputs, call));
    return { port, provider, modelId, maxInputs, ...(price ? { price } : {}), embed };
  });

const changed = (change: (result: EmbeddingResult) => EmbeddingResult) =>
  withEmbed((embed) => async (inputs, call) => change(await embed(inputs, call)));

describe("the embedding suite on a double that", () => {
  it.each<[string, EmbeddingModelSetup, string[]]>([
    ["does nothing wrong", changed((result) => result), []],
    [
      "gives the vectors in the wrong order",
      changed((result) => ({ ...result, vectors: [...result.vectors].reverse() })),
      ["gives the vectors in the order of the inputs", "splits a list that is longer than one request takes"],
    ],
    [
      "drops the cost",
      changed(({ vectors, usage }) => ({ vectors, usage })),
      ["tells the cost exactly when it has a price and the usage is told"],
    ],
    [
      "lets an empty input through",
      withEmbed(
        (embed) => (inputs, call) =>
          embed(
            inputs.map((input) => input || "empty"),
            call,
          ),
      ),
      ["refuses an empty input by its index, and sends nothing"],
    ],
    [
      "wraps the abort's reason",
      withEmbed((embed) => async (inputs, call) => {
        try {
          return await embed(inputs, call);
        } catch (cause) {
          throw call?.signal?.aborted ? new Error("aborted", { cause }) : cause;
        }
      }),
      [
        "rejects with the caller's reason and sends nothing when it was aborted before",
        "rejects within a turn when it is aborted, and leaves nothing behind",
      ],
    ],
    [
      "forgets its listener",
      withEmbed((embed) => (inputs, call) => {
        call?.signal?.addEventListener("abort", () => {});
        return embed(inputs, call);
      }),
      ["rejects within a turn when it is aborted, and leaves nothing behind"],
    ],
  ])("%s", async (_, setup, expected) => {
    // Thousands of vectors are much work for a busy machine.
    const { runner, failures } = collectingRunner(15_000);
    embeddingModelConformance(runner, setup);

    expect(await failures()).toEqual(expected);
  });
});
