/** LangChain: `ChatOpenAI` with `withFallbacks`; the first model's own retries are off, as its guide on fallbacks advises. */
export const peer = {
  name: "LangChain",
  packages: ["@langchain/core", "@langchain/openai"],
  note: "withFallbacks over two ChatOpenAI, maxRetries 0 for the first (as its guide advises) and the drill's for the second; the models' timeout for headers, the call's for all of it",
};

/** Nothing says how long a begun answer may be silent, so the whole call is limited. */
const TOTAL_MS = 5_000;

/** @param {(name: string) => Promise<any>} load */
export async function openPeer(load, { vendors, limits }) {
  const { ChatOpenAI } = await load("@langchain/openai");
  const chat = ({ modelId, apiKey, url }, maxRetries) =>
    new ChatOpenAI({
      model: modelId,
      apiKey,
      configuration: { baseURL: url("openai") },
      maxRetries,
      timeout: limits.headersMs,
      streamUsage: true,
    });
  const model = chat(vendors.primary, 0).withFallbacks([chat(vendors.fallback, limits.tries - 1)]);
  return {
    call({ prompt, signal }) {
      const read = { chunk: undefined };
      return { events: readChunks(model, prompt, signal, read), outcome: async () => outcomeOf(read.chunk) };
    },
    close: async () => {},
  };
}

async function* readChunks(model, prompt, signal, read) {
  for await (const chunk of await model.stream(prompt, { signal, timeout: TOTAL_MS })) {
    read.chunk = read.chunk === undefined ? chunk : read.chunk.concat(chunk);
    if (chunk.text !== "") yield { type: "text-delta", text: chunk.text };
  }
}

function outcomeOf(chunk) {
  const usage = chunk?.usage_metadata;
  return {
    text: chunk?.text ?? "",
    modelId: chunk?.response_metadata?.model_name,
    usage: usage && { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens },
  };
}
