import type { JsonObject } from "@salesagent/ports";
import type { Answer } from "../answer.js";
import type { Flavor } from "../dialect.js";
import { DIGITS, HEX, seededId } from "../seeded-id.js";
import type { ChatFlavor } from "./chat-flavor.js";
import {
  deepseekUsage,
  exclusiveUsage,
  inclusiveUsage,
  openrouterUsage,
  plainUsage,
  xaiUsage,
} from "./chat-usage.js";

const SIMULATED = "fp_simulated";
const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";

type Identity = Pick<Answer, "seed" | "createdSeconds">;

const completionId = (answer: Identity) => `chatcmpl-${seededId(answer.seed, 29)}`;
const hexId = (answer: Identity) => seededId(answer.seed, 32, HEX);
const keyed = (piece: string, key: "reasoning" | "reasoning_content"): JsonObject => ({ [key]: piece });
const callId = (length: number) => (seed: string) => `call_${seededId(seed, length)}`;

const openai: ChatFlavor = {
  chunkId: completionId,
  fingerprint: SIMULATED,
  envelope: () => ({ service_tier: "default" }),
  headDelta: { role: "assistant", content: "", refusal: null },
  headJoinsCall: true,
  choiceKeys: { logprobs: null },
  finishDelta: {},
  reasoningKey: "reasoning",
  toolCalls: "fragments",
  toolIndex: "count",
  toolCallId: callId(24),
  pendingFinish: "null",
  finishWithCalls: "tool_calls",
  finishOnError: "stop",
  usageAt: "asked",
  nullUsage: "asked",
  usage: inclusiveUsage,
  obfuscates: true,
};

const cerebras: ChatFlavor = {
  chunkId: completionId,
  fingerprint: SIMULATED,
  headDelta: { role: "assistant" },
  finishDelta: {},
  reasoning: keyed,
  reasoningKey: "reasoning",
  toolCalls: "whole",
  toolIndex: "count",
  toolCallId: (seed) => seededId(seed, 9, HEX),
  pendingFinish: "absent",
  finishWithCalls: "tool_calls",
  finishOnError: "stop",
  usageAt: "with-finish",
  nullUsage: "never",
  usage: inclusiveUsage,
  finishChunk: (answer) => ({
    time_info: {
      created: answer.createdSeconds,
      queue_time: 0.003,
      prompt_time: 0.0115,
      completion_time: 0.167,
      total_time: 0.29,
    },
  }),
};

const deepseek: ChatFlavor = {
  chunkId: (answer) => hexId(answer).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
  fingerprint: SIMULATED,
  headDelta: { role: "assistant", content: null, reasoning_content: "" },
  choiceKeys: { logprobs: null },
  finishDelta: { content: "", reasoning_content: null },
  reasoning: (piece) => ({ content: null, reasoning_content: piece }),
  reasoningKey: "reasoning_content",
  text: (piece) => ({ content: piece, reasoning_content: null }),
  wholeReasoning: (text) => ({ reasoning_content: text }),
  toolCalls: "fragments",
  toolIndex: "count",
  toolCallId: (seed, position) => `call_${String(position).padStart(2, "0")}_${seededId(seed, 22)}`,
  pendingFinish: "null",
  finishWithCalls: "tool_calls",
  finishOnError: "insufficient_system_resource",
  usageAt: "with-finish",
  nullUsage: "always",
  usage: deepseekUsage,
  openingComments: ["keep-alive"],
  bodyPadding: "\n\n",
};

const NATIVE_FINISH: Readonly<Record<Answer["finish"], string>> = {
  stop: "stop",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "refusal",
  error: "error",
};

const openrouterReasoning = (piece: string): JsonObject => ({
  reasoning: piece,
  reasoning_details: [{ type: "reasoning.text", text: piece, format: "anthropic-claude-v1", index: 0 }],
});

const openrouter: ChatFlavor = {
  chunkId: (answer) => `gen-${answer.createdSeconds}-${seededId(answer.seed, 20)}`,
  envelope: () => ({ provider: "Simulated" }),
  headDelta: { role: "assistant", content: "" },
  deltaKeys: { role: "assistant", content: "" },
  choiceKeys: { native_finish_reason: null, logprobs: null },
  finishDelta: {},
  reasoning: openrouterReasoning,
  reasoningKey: "reasoning",
  // the signature comes by itself, to be merged with its text by index
  reasoningEnd: () => ({
    reasoning_details: [
      { type: "reasoning.text", signature: "simulated", format: "anthropic-claude-v1", index: 0 },
    ],
  }),
  wholeReasoning: (text) => ({
    reasoning: text,
    reasoning_details: [
      { type: "reasoning.text", text, signature: "simulated", format: "anthropic-claude-v1", index: 0 },
    ],
  }),
  toolCalls: "fragments",
  toolIndex: "count",
  toolCallId: (seed) => `toolu_${seededId(seed, 24)}`,
  pendingFinish: "null",
  finishWithCalls: "tool_calls",
  finishOnError: "error",
  nativeFinish: (answer) => NATIVE_FINISH[answer.finish],
  usageAt: "after-finish",
  nullUsage: "never",
  usage: openrouterUsage,
  openingComments: ["OPENROUTER PROCESSING", "OPENROUTER PROCESSING"],
};

const vllm: ChatFlavor = {
  chunkId: (answer) => `chatcmpl-${hexId(answer)}`,
  fingerprint: "vllm-0.24.0-simulated",
  firstChunk: () => ({ prompt_token_ids: null, prompt_text: null }),
  headDelta: { role: "assistant", content: "" },
  choiceKeys: { logprobs: null, token_ids: null, stop_reason: null },
  finishDelta: {},
  reasoning: keyed,
  reasoningKey: "reasoning",
  toolCalls: "fragments",
  toolIndex: "zero",
  toolCallId: (seed) => `chatcmpl-tool-${seededId(seed, 32, HEX)}`,
  pendingFinish: "null",
  finishWithCalls: "tool_calls",
  finishOnError: "stop",
  usageAt: "asked",
  nullUsage: "never",
  usage: plainUsage,
};

const ollamaCompat: ChatFlavor = {
  chunkId: (answer) => `chatcmpl-${seededId(answer.seed, 3, DIGITS)}`,
  fingerprint: "fp_ollama_simulated",
  headDelta: { role: "assistant", content: "" },
  deltaKeys: { role: "assistant", content: "" },
  finishDelta: { role: "assistant", content: "" },
  reasoning: keyed,
  reasoningKey: "reasoning",
  toolCalls: "whole",
  toolIndex: "count",
  toolCallId: (seed) => `call_${seededId(seed, 8, LOWER)}`,
  pendingFinish: "null",
  finishWithCalls: "tool_calls",
  finishOnError: "stop",
  usageAt: "asked",
  nullUsage: "never",
  usage: plainUsage,
};

const geminiCompat: ChatFlavor = {
  chunkId: (answer) => seededId(answer.seed, 22),
  headDelta: { role: "assistant" },
  deltaKeys: { role: "assistant" },
  finishDelta: {},
  reasoning: (piece) => ({ content: piece, extra_content: { google: { thought: true } } }),
  reasoningKey: "reasoning",
  wholeReasoning: () => ({}),
  toolCalls: "whole",
  toolIndex: "zero",
  toolCallId: () => "",
  toolCallKeys: (seed) => ({
    extra_content: { google: { thought_signature: `simulated${seededId(seed, 24)}` } },
  }),
  pendingFinish: "absent",
  finishWithCalls: "stop",
  finishOnError: "stop",
  usageAt: "asked",
  nullUsage: "never",
  usage: exclusiveUsage,
};

const groq: ChatFlavor = {
  chunkId: (answer) => `chatcmpl-${hexId(answer)}`,
  fingerprint: SIMULATED,
  firstChunk: (answer) => ({ x_groq: { id: `req_${seededId(answer.seed, 26, LOWER)}`, seed: 1 } }),
  finishChunk: (answer, usage) => ({ x_groq: { id: `req_${seededId(answer.seed, 26, LOWER)}`, usage } }),
  headDelta: { role: "assistant", content: "" },
  choiceKeys: { logprobs: null },
  finishDelta: {},
  reasoning: (piece) => ({ reasoning: piece, channel: "analysis" }),
  reasoningKey: "reasoning",
  wholeReasoning: (text) => ({ reasoning: text }),
  toolCalls: "whole",
  toolIndex: "count",
  toolCallId: (seed) => seededId(seed, 9, LOWER),
  pendingFinish: "null",
  finishWithCalls: "tool_calls",
  finishOnError: "stop",
  usageAt: "with-finish",
  nullUsage: "never",
  usage: inclusiveUsage,
};

const xai: ChatFlavor = {
  ...openai,
  envelope: () => ({}),
  headDelta: { role: "assistant", content: "" },
  headJoinsCall: false,
  choiceKeys: {},
  reasoning: keyed,
  reasoningKey: "reasoning_content",
  toolCalls: "whole",
  toolCallId: (seed) => `call_${seededId(seed, 8, DIGITS)}`,
  pendingFinish: "absent",
  usageAt: "after-finish",
  nullUsage: "never",
  usage: xaiUsage,
  obfuscates: false,
};

const mistral: ChatFlavor = {
  chunkId: hexId,
  headDelta: { role: "assistant", content: "" },
  finishDelta: { content: "" },
  reasoning: (piece) => ({
    content: [{ type: "thinking", thinking: [{ type: "text", text: piece }] }],
  }),
  reasoningKey: "reasoning",
  toolCalls: "whole",
  toolIndex: "absent",
  toolCallId: (seed) => seededId(seed, 9),
  pendingFinish: "null",
  finishWithCalls: "tool_calls",
  finishOnError: "error",
  usageAt: "with-finish",
  nullUsage: "never",
  usage: plainUsage,
};

const snowflake: ChatFlavor = {
  ...vllm,
  chunkId: (answer) => `${seededId(answer.seed, 8, HEX)}-simulated`,
  fingerprint: SIMULATED,
  firstChunk: () => ({}),
  headDelta: { role: "assistant", content: "" },
  choiceKeys: {},
  toolIndex: "count",
  toolCallId: (seed) => `tooluse_${seededId(seed, 22)}`,
  pendingFinish: "absent",
  neverFinishes: true,
  usageAt: "with-finish",
};

/** Every vendor's deviations, by name. */
export const CHAT_FLAVORS: Readonly<Record<Flavor, ChatFlavor>> = {
  openai,
  cerebras,
  deepseek,
  openrouter,
  vllm,
  "ollama-compat": ollamaCompat,
  "gemini-compat": geminiCompat,
  groq,
  xai,
  mistral,
  snowflake,
};
