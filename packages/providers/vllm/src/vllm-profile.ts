import type { ModelProfile } from "@salesagent/ports";
import type { ProfileTable } from "@salesagent/provider-kit";

/** What holds for any model that vLLM serves; the host says better in `profile`. */
export function servedModels(locality: ModelProfile["locality"]): ProfileTable {
  return {
    models: {},
    unknown: {
      abilities: {
        tools: true,
        parallelTools: true,
        structuredOutput: "schema",
        reasoning: true,
        vision: false,
        sampling: true,
        prefill: false,
      },
      locality,
      source: {
        asOf: "2026-08-20",
        note: "vLLM's documentation. Tools need --enable-auto-tool-choice and --tool-call-parser; the context is `max_model_len` of GET /v1/models.",
      },
    },
  };
}
