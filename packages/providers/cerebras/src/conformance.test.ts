import { languageModelConformance } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { sandboxSetup } from "../../openai-compatible/src/testing/sandbox-setup.js";
import { cerebras } from "./index.js";

languageModelConformance(
  { describe, it, expect },
  sandboxSetup({
    name: "cerebras",
    vendor: "cerebras",
    open: (connection) => cerebras("gpt-oss-120b", connection),
  }),
);
