import { languageModelConformance } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { sandboxSetup } from "../../openai-compatible/src/testing/sandbox-setup.js";
import { gemini } from "./index.js";

const runner = { describe, it, expect };

/** Ids stand in the body, and arguments come as objects. */
const habits = { requestId: false, argumentsText: false };

const knownGaps = {
  "turns a refusal for content-filter into model.content_filtered":
    "the vendor blocks content inside a success, and has no status for it",
};

for (const modelId of ["gemini-3.8-flash", "gemini-2.5-pro"]) {
  languageModelConformance(
    runner,
    sandboxSetup({
      name: `gemini ${modelId}`,
      vendor: "gemini",
      habits,
      knownGaps,
      open: (connection) => gemini(modelId, connection),
    }),
  );
}

languageModelConformance(
  runner,
  sandboxSetup({
    name: "gemini with arguments piece by piece",
    vendor: "gemini",
    habits,
    knownGaps,
    open(connection) {
      const model = gemini("gemini-3.8-flash", connection);
      const toolConfig = { functionCallingConfig: { streamFunctionCallArguments: true } };
      return {
        ...model,
        profile: model.profile,
        stream: (request, call) =>
          model.stream({ ...request, providerOptions: { gemini: { toolConfig } } }, call),
      };
    },
  }),
);
