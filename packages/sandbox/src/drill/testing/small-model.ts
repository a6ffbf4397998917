import type { LanguageModel } from "@salesagent/ports";
import type { DrillSetup } from "../drill-setup.js";
import { smallStream } from "./small-router.js";

/** The small router as a language model. */
export function smallModel(setup: DrillSetup): LanguageModel {
  const { vendor: provider, modelId } = setup.vendors.primary;
  return {
    port: "language-model/1",
    provider,
    modelId,
    profile: {
      abilities: {
        tools: false,
        parallelTools: false,
        structuredOutput: "none",
        reasoning: false,
        vision: false,
        sampling: false,
        prefill: false,
      },
      locality: "local",
      source: { asOf: "2026-11-21" },
    },
    stream({ messages }, { signal = new AbortController().signal } = {}) {
      const [message] = messages;
      const prompt =
        message?.role === "user"
          ? message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("")
          : "";
      return smallStream(setup, { prompt, signal });
    },
  };
}
