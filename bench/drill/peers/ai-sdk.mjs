/** AI SDK: `streamText`, read by its full stream, as its guide on error handling shows. */
export const peer = {
  name: "AI SDK",
  packages: ["ai", "@ai-sdk/openai-compatible"],
  note: "has no failover between models (`fallbackProvider` is for names it does not know): one model with maxRetries, timeout.chunkMs and timeout.totalMs",
};

/** Nothing says how long an answer may take to begin, so the whole call is limited. */
const TOTAL_MS = 5_000;

/** @param {(name: string) => Promise<any>} load */
export async function openPeer(load, { vendors, limits }) {
  const [{ streamText }, { createOpenAICompatible }] = [
    await load("ai"),
    await load("@ai-sdk/openai-compatible"),
  ];
  const { primary } = vendors;
  const provider = createOpenAICompatible({
    name: "primary",
    baseURL: primary.url("openai"),
    apiKey: primary.apiKey,
    includeUsage: true,
  });
  const model = provider(primary.modelId);
  return {
    call({ prompt, signal }) {
      const stream = streamText({
        model,
        prompt,
        maxRetries: limits.tries - 1,
        timeout: { chunkMs: limits.stallMs, totalMs: TOTAL_MS },
        abortSignal: signal,
        onError: () => {},
      });
      return { events: readParts(stream), outcome: () => outcomeOf(stream) };
    },
    close: async () => {},
  };
}

async function* readParts({ fullStream }) {
  for await (const part of fullStream) {
    if (part.type === "text-delta") yield { type: "text-delta", text: part.text };
    else if (part.type === "error") throw part.error;
    else if (part.type === "abort") throw new Error(`The stream was aborted: ${part.reason ?? "no reason"}`);
  }
}

async function outcomeOf(stream) {
  const [text, response, usage] = [await stream.text, await stream.response, await stream.totalUsage];
  const { inputTokens, outputTokens } = usage;
  return { text, modelId: response.modelId, usage: { inputTokens, outputTokens } };
}
