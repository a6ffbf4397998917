import { languageModelConformance } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { sandboxSetup } from "../../openai-compatible/src/testing/sandbox-setup.js";
import { ollama } from "./index.js";

const habits = { requestId: false, contentFilter: false, argumentsText: false, keepAlives: false };

const filtered = {
  "turns a refusal for content-filter into model.content_filtered": "the server filters no content",
};
const models = [
  { modelId: "qwen3:8b", knownGaps: filtered },
  { modelId: "llama3.2", knownGaps: filtered },
  { modelId: "gpt-oss:120b-cloud", knownGaps: filtered },
];

for (const { modelId, knownGaps } of models) {
  languageModelConformance(
    { describe, it, expect },
    sandboxSetup({
      name: `ollama ${modelId}`,
      vendor: "ollama",
      habits,
      knownGaps,
      open: (connection) => ollama(modelId, connection),
    }),
  );
}
