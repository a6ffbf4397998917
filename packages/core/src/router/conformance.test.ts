import { languageModelConformance } from "@salesagent/conformance";
import type { Clock, LanguageModel } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { cerebras } from "../../../providers/cerebras/src/index.js";
import { gemini } from "../../../providers/gemini/src/index.js";
import { sandboxSetup } from "../../../providers/openai-compatible/src/testing/sandbox-setup.js";
import { ModelRouter } from "./model-router.js";

/**
 * A router is a model: with one candidate and no second try it keeps the contract as that candidate does, name apart. Each call
 * has a router of its own, since what one call learns of a candidate changes the next.
 */
function behindRouter(candidate: LanguageModel, clock: Clock): LanguageModel {
  const { port, provider, modelId, profile } = candidate;
  return {
    ...{ port, provider, modelId, profile },
    stream: (request, call) =>
      new ModelRouter({ candidates: [candidate], retry: { retries: 0 }, clock }).stream(request, call),
  };
}

languageModelConformance(
  { describe, it, expect },
  sandboxSetup({
    name: "a router over gemini",
    vendor: "gemini",
    habits: { requestId: false, argumentsText: false },
    knownGaps: {
      "turns a refusal for content-filter into model.content_filtered":
        "the vendor blocks content inside a success, and has no status for it",
    },
    open: (connection) => behindRouter(gemini("gemini-3.8-flash", connection), connection.clock),
  }),
);

languageModelConformance(
  { describe, it, expect },
  sandboxSetup({
    name: "a router over cerebras",
    vendor: "cerebras",
    open: (connection) => behindRouter(cerebras("gpt-oss-120b", connection), connection.clock),
  }),
);
