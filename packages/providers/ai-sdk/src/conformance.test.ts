import { languageModelConformance, manualClock, PLANTED_KEY } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { toyServer } from "../../../conformance/src/language-model/testing/toy-server.js";
import { fromAiSdk } from "./index.js";
import { toyAiSdkModel } from "./testing/toy-ai-sdk-model.js";

for (const version of ["v2", "v3", "v4"] as const) {
  languageModelConformance(
    { describe, it, expect },
    {
      name: `a model of the AI SDK's specification ${version}`,
      // The specification has no part for a keep-alive: nothing of it comes through.
      habits: { keepAlives: false },
      async open(scenario, wrap = (fetch) => fetch) {
        const clock = manualClock();
        const server = toyServer(scenario);
        const model = fromAiSdk(toyAiSdkModel(wrap(server.fetch), version, PLANTED_KEY), {
          clock,
          secrets: [PLANTED_KEY],
          profile: { price: { input: 1, output: 2, asOf: "2026-11-01" } },
        });
        return { model, clock, server, close: async () => {} };
      },
    },
  );
}
