import { languageModelConformance } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { sandboxSetup } from "../../openai-compatible/src/testing/sandbox-setup.js";
import { openai } from "./index.js";

const runner = { describe, it, expect };

languageModelConformance(
  runner,
  sandboxSetup({
    name: "openai, chat completions",
    vendor: "openai",
    open: (connection) =>
      openai("gpt-5.4-mini", { ...connection, profile: { abilities: { reasoning: false } } }),
  }),
);

languageModelConformance(
  runner,
  sandboxSetup({
    name: "openai, responses",
    vendor: "openai",
    open: (connection) =>
      openai("gpt-5.4-mini", { ...connection, api: "responses", reasoningSummary: "auto" }),
  }),
);
