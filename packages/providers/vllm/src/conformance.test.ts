import { languageModelConformance } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { sandboxSetup } from "../../openai-compatible/src/testing/sandbox-setup.js";
import { vllm } from "./index.js";

languageModelConformance(
  { describe, it, expect },
  sandboxSetup({
    name: "vllm",
    vendor: "vllm",
    habits: { requestId: false },
    open: (connection) => vllm("Qwen/Qwen3-8B", connection),
  }),
);
