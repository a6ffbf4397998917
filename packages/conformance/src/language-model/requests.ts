import { type JsonSchema, type ModelRequest, type ToolSpec, userMessage } from "@salesagent/ports";
import type { ModelScenario } from "./scenario.js";

/** The plainest request. */
export const ASK: ModelRequest = { messages: [userMessage("Say hello to Ada.")] };

const LOOKUP_TOOL: ToolSpec = {
  name: "lookup_company",
  description: "Looks a company up by its domain.",
  inputSchema: {
    type: "object",
    properties: { domain: { type: "string" } },
    required: ["domain"],
    additionalProperties: false,
  },
};

const CLOCK_TOOL: ToolSpec = {
  name: "current_time",
  description: "Tells the time. Takes nothing.",
  inputSchema: { type: "object", properties: {}, additionalProperties: false },
};

export const ASK_WITH_TOOLS: ModelRequest = { ...ASK, tools: [LOOKUP_TOOL, CLOCK_TOOL] };

const SCORE_SCHEMA: JsonSchema = {
  type: "object",
  properties: { company: { type: "string" }, score: { type: "integer" } },
  required: ["company", "score"],
  additionalProperties: false,
};

export const ASK_FOR_SCORE: ModelRequest = {
  ...ASK,
  output: { name: "score", schema: SCORE_SCHEMA, strict: true },
};

/** A short answer in eleven pieces. */
export const GREETING: ModelScenario = {
  text: "Good morning, Ada. Shall we talk about your plans today?",
  tokensPerEvent: 1,
  usage: { inputTokens: 40, cachedTokens: 16, outputTokens: 12 },
};

const SENTENCE = "We help sales teams to find out which company is worth a call and which one is not. ";

/** An answer of some 180 words, one in an event. */
export const LONG: ModelScenario = { text: SENTENCE.repeat(10).trim(), tokensPerEvent: 1 };

/** {@link LONG}, one word in each millisecond of the server's clock. */
export const PACED: ModelScenario = { ...LONG, timing: { betweenTokensMs: 1 } };

/** {@link LONG} that stops for ever after some words. */
export const STALLED: ModelScenario = { ...LONG, fault: { type: "stall", afterEvents: 12 } };
