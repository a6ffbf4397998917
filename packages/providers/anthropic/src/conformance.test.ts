import { languageModelConformance } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { sandboxSetup } from "../../openai-compatible/src/testing/sandbox-setup.js";
import { anthropic } from "./index.js";

for (const modelId of ["claude-sonnet-5-5", "claude-haiku-4-5"]) {
  languageModelConformance(
    { describe, it, expect },
    sandboxSetup({
      name: `anthropic ${modelId}`,
      vendor: "anthropic",
      open: (connection) => anthropic(modelId, connection),
    }),
  );
}

languageModelConformance(
  { describe, it, expect },
  sandboxSetup({
    name: "anthropic, old version, without structured output",
    vendor: "anthropic",
    open: (connection) =>
      anthropic("claude-haiku-4-5", {
        ...connection,
        apiVersion: "2023-06-01",
        profile: { abilities: { structuredOutput: "none" } },
      }),
  }),
);
