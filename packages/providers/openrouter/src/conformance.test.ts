import { languageModelConformance } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { sandboxSetup } from "../../openai-compatible/src/testing/sandbox-setup.js";
import { openrouter } from "./index.js";

languageModelConformance(
  { describe, it, expect },
  sandboxSetup({
    name: "openrouter",
    vendor: "openrouter",
    open: (connection) => openrouter("openai/gpt-oss-120b", connection),
  }),
);
