// The agent that is watched: it looks something up with a tool, and answers. Its model is a script; no key, no network.
import { calculator } from "@salesagent/agents/tools";
import { defineAgent, ModelRouter, withTelemetry } from "@salesagent/core";
import { scriptedModel } from "@salesagent/core/scripted-model";

const PRICE = { input: 0.4, output: 1.6, asOf: "2026-11-21" };

/**
 * An agent whose first model breaks off, so that the trace shows both attempts.
 *
 * @param {import("@salesagent/core").Telemetry} telemetry
 */
export function watchedAgent(telemetry) {
  const breaking = scriptedModel(
    () => ({ text: "Let me", error: new Error("cut") }),
    { price: PRICE },
    { provider: "first", modelId: "small" },
  );
  const sound = scriptedModel(
    [
      { toolCalls: [{ name: "calculator", input: { expression: "round(49.99 * 12 * 0.85, 2)" } }] },
      { text: "509.90 a year." },
    ],
    { price: PRICE },
    { provider: "second", modelId: "large" },
  );
  const router = new ModelRouter({ candidates: [breaking, sound], policy: "best" });
  return defineAgent({
    name: "quote",
    instructions: "Answer with numbers.",
    tools: [calculator()],
    model: withTelemetry(router, telemetry),
    telemetry,
  });
}
