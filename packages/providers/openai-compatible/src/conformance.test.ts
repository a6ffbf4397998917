import { languageModelConformance } from "@salesagent/conformance";
import type { Flavor } from "@salesagent/sandbox";
import { describe, expect, it } from "vitest";
import { type OpenAiCompatibleSettings, openaiCompatible } from "./index.js";
import { type SandboxSetup, sandboxSetup } from "./testing/sandbox-setup.js";

interface Server extends Pick<SandboxSetup, "habits" | "knownGaps"> {
  readonly vendor: Flavor;
  readonly traits?: Partial<OpenAiCompatibleSettings>;
}

const servers: readonly Server[] = [
  { vendor: "groq" },
  { vendor: "xai" },
  { vendor: "mistral", habits: { requestId: false } },
  {
    vendor: "gemini-compat",
    traits: { profile: { abilities: { reasoning: false } } },
    habits: { requestId: false },
  },
  {
    vendor: "snowflake",
    traits: { acceptMissingReason: true },
    habits: { requestId: false, contentFilter: false },
    knownGaps: { "says that the answer was cut at the token limit": "the server sends no finish reason" },
  },
];

for (const { vendor, traits, ...setup } of servers) {
  languageModelConformance(
    { describe, it, expect },
    sandboxSetup({
      ...setup,
      name: `openai-compatible at ${vendor}`,
      vendor,
      open: (connection) => openaiCompatible("some-model", { provider: vendor, ...connection, ...traits }),
    }),
  );
}
