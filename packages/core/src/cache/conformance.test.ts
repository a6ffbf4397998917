import { languageModelConformance } from "@salesagent/conformance";
import type { EmbeddingModel, LanguageModel } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { gemini } from "../../../providers/gemini/src/index.js";
import { sandboxSetup } from "../../../providers/openai-compatible/src/testing/sandbox-setup.js";
import { doubleStorage } from "./testing/double-storage.js";
import { withCache } from "./with-cache.js";
import { withSemanticCache } from "./with-semantic-cache.js";

const embeddings: EmbeddingModel = {
  port: "embedding-model/1",
  provider: "fixed",
  modelId: "one",
  maxInputs: 1,
  embed: async () => ({ vectors: [Float32Array.of(1)], usage: {}, costUsd: 0 }),
};

const VENDOR_GAPS = {
  "turns a refusal for content-filter into model.content_filtered":
    "the vendor blocks content inside a success, and has no status for it",
};

/** A cached model is a model: it keeps the contract wherever it asks the one within. */
function holdToContract(
  name: string,
  knownGaps: Readonly<Record<string, string>>,
  wrap: (model: LanguageModel) => LanguageModel,
): void {
  languageModelConformance(
    { describe, it, expect },
    sandboxSetup({
      name,
      vendor: "gemini",
      habits: { requestId: false, argumentsText: false },
      knownGaps: { ...VENDOR_GAPS, ...knownGaps },
      open: (connection) => wrap(gemini("gemini-3.8-flash", connection)),
    }),
  );
}

holdToContract(
  "behind an exact cache",
  { "keeps answers apart that come at once": "equal calls share one, which is what the cache is for" },
  (model) =>
    withCache(model, {
      storage: doubleStorage(),
      tenant: "acme",
      cacheTools: true,
      shouldKeep: () => false,
    }),
);

const EMBEDDING_COUNTS = "the embedding is an attempt, too, and comes first";

holdToContract(
  "behind a semantic cache",
  {
    "tells the cost exactly when the price or the vendor tells it": EMBEDDING_COUNTS,
    "accounts for its one attempt": EMBEDDING_COUNTS,
  },
  (model) =>
    withSemanticCache(model, {
      storage: doubleStorage(),
      tenant: "acme",
      embeddings,
      shouldKeep: () => false,
    }),
);
