import { languageModelConformance } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { sandboxSetup } from "../../openai-compatible/src/testing/sandbox-setup.js";
import { deepseek } from "./index.js";

languageModelConformance(
  { describe, it, expect },
  sandboxSetup({
    name: "deepseek",
    vendor: "deepseek",
    habits: { requestId: false },
    open: (connection) => deepseek("deepseek-flash", connection),
  }),
);
