import { type Flavor, isFlavor } from "../dialect.js";
import type { RenderContext } from "../render-context.js";
import type { DialectFormat } from "../wire/dialect-format.js";
import { frameSseError } from "../wire/frame-error.js";
import { namedSseEvent, SSE_DONE, sseComment, sseEvent } from "../wire/wire-event.js";
import { chatErrorObject, chatFailureBody } from "./chat-failure.js";
import { CHAT_FLAVORS } from "./chat-flavors.js";
import { chatHeaders } from "./chat-headers.js";
import { chatStream } from "./chat-stream.js";
import { chatWhole } from "./chat-whole.js";
import { nameFailure } from "./openai-failure.js";

/** OpenAI chat completions, in the flavor of the context's vendor. */
export const chatFormat: DialectFormat = {
  streamContentType: () => "text/event-stream; charset=utf-8",
  tokensPerEvent: 1,
  retryInHeaders: true,
  stream: (answer, context) => chatStream(CHAT_FLAVORS[flavorOf(context)], answer, context.body),
  whole: (answer, context) => chatWhole(CHAT_FLAVORS[flavorOf(context)], answer),
  failure(failure, context) {
    const flavor = flavorOf(context);
    const { status } = nameFailure(flavor, failure);
    return { status, body: chatFailureBody(flavor, failure), headers: {} };
  },
  inBandError(failure, shape, context) {
    const flavor = flavorOf(context);
    const error = chatErrorObject(flavor, failure);
    if (shape !== "vendor") return [frameSseError(shape, error)];
    if (flavor === "openrouter") return [sseEvent("token", openrouterErrorChunk(error, context))];
    if (flavor !== "groq") return [frameSseError("wrapped", error)];
    const { status } = nameFailure(flavor, failure);
    return [namedSseEvent("token", "error", { error: { ...error, status_code: status } })];
  },
  endsAfterError: (context) => context.vendor === "vllm" || context.vendor === "openrouter",
  keepAlive: (_kind, text) => sseComment(text),
  rawEvent: (text) => (text === "[DONE]" ? SSE_DONE : { kind: "token", text: `data: ${text}\n\n` }),
  headers(seed, context, nowMs) {
    const flavor = flavorOf(context);
    if (flavor !== "openrouter") return chatHeaders(flavor, seed);
    // the header repeats the chunks' id
    return {
      "x-generation-id": CHAT_FLAVORS.openrouter.chunkId({ seed, createdSeconds: Math.floor(nowMs / 1000) }),
    };
  },
};

/** The flavor to answer in: Ollama's compatible endpoint lives beside its native one. */
export function flavorOf(context: Pick<RenderContext, "vendor">): Flavor {
  if (isFlavor(context.vendor)) return context.vendor;
  return context.vendor === "gemini" ? "gemini-compat" : "ollama-compat";
}

function openrouterErrorChunk(error: ReturnType<typeof chatErrorObject>, context: RenderContext) {
  return {
    id: "gen-simulated",
    object: "chat.completion.chunk",
    model: String(context.body["model"] ?? ""),
    provider: "Simulated",
    error,
    choices: [
      {
        index: 0,
        delta: { role: "assistant", content: "" },
        finish_reason: "error",
        native_finish_reason: "error",
        logprobs: null,
      },
    ],
    usage: {
      prompt_tokens: 9,
      completion_tokens: 10,
      total_tokens: 19,
      cost: 0,
      completion_tokens_details: { reasoning_tokens: 11 },
    },
  };
}
