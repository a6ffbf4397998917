/**
 * What is measured. Each contender makes `stream(onDelta)` and `call()` for a base URL; imports happen inside, so that a
 * process loads only what it measures.
 */
import { pathOf, WIRES } from "./vendors.mjs";

const request = {
  messages: [{ role: "user", parts: [{ type: "text", text: "Draft the next step.", origin: "user" }] }],
};

/** The floor: `fetch`, a splitter of ten lines, and `JSON.parse`. */
function bare(wireName) {
  const wire = WIRES[wireName];
  return async (baseUrl) => {
    const post = (stream) =>
      fetch(baseUrl + pathOf(wire, stream), {
        method: "POST",
        headers: { "content-type": "application/json", ...wire.headers },
        body: JSON.stringify(wire.body(wire.model, stream)),
      });
    return {
      async stream(onDelta) {
        const separator = wire.lines ? "\n" : "\n\n";
        const decoder = new TextDecoder();
        let rest = "";
        for await (const bytes of (await post(true)).body) {
          const text = (rest + decoder.decode(bytes, { stream: true })).replaceAll("\r\n", "\n");
          let start = 0;
          for (let end = text.indexOf(separator); end !== -1; end = text.indexOf(separator, start)) {
            const line = text.slice(start, end);
            start = end + separator.length;
            const json = wire.lines ? line : line.slice(line.indexOf("data:") + 5);
            if (json.trim() === "" || json.trim() === "[DONE]") continue;
            const delta = wire.delta(JSON.parse(json));
            if (delta) onDelta(delta);
          }
          rest = text.slice(start);
        }
      },
      call: async () => wire.text(await (await post(false)).json()),
    };
  };
}

/** A provider package. */
function ours(specifier, open) {
  return async (baseUrl) => {
    const model = open(await import(specifier), baseUrl);
    return {
      async stream(onDelta) {
        for await (const event of model.stream(request)) if (event.type === "text-delta") onDelta(event.text);
      },
      call: async () => (await model.stream(request, { delivery: "whole" }).result()).text,
    };
  };
}

async function openAiSdk(baseURL) {
  const { default: OpenAI } = await import("openai");
  const client = new OpenAI({ apiKey: "sk-bench", baseURL, maxRetries: 0 });
  const body = (stream) => WIRES.chat.body(WIRES.chat.model, stream);
  return {
    async stream(onDelta) {
      for await (const chunk of await client.chat.completions.create(body(true))) {
        const delta = WIRES.chat.delta(chunk);
        if (delta) onDelta(delta);
      }
    },
    call: async () => WIRES.chat.text(await client.chat.completions.create(body(false))),
  };
}

async function responsesSdk(baseURL) {
  const { default: OpenAI } = await import("openai");
  const client = new OpenAI({ apiKey: "sk-bench", baseURL, maxRetries: 0 });
  const { responses } = WIRES;
  return {
    async stream(onDelta) {
      for await (const event of await client.responses.create(responses.body(responses.model, true))) {
        const delta = responses.delta(event);
        if (delta) onDelta(delta);
      }
    },
    call: async () => responses.text(await client.responses.create(responses.body(responses.model, false))),
  };
}

async function anthropicSdk(baseURL) {
  const { default: Anthropic } = await import("@anthropic-ai/sdk");
  const client = new Anthropic({ apiKey: "sk-bench", baseURL, maxRetries: 0 });
  const { messages } = WIRES;
  return {
    async stream(onDelta) {
      for await (const event of await client.messages.create(messages.body(messages.model, true))) {
        const delta = messages.delta(event);
        if (delta) onDelta(delta);
      }
    },
    call: async () => messages.text(await client.messages.create(messages.body(messages.model, false))),
  };
}

async function agent(baseUrl) {
  const { defineAgent, createSpendCap } = await import("@salesagent/core");
  const { memoryStorage } = await import("@salesagent/storage-memory");
  const { openai } = await import("@salesagent/provider-openai");
  const model = openai("gpt-5.4-mini", {
    apiKey: "sk-bench",
    baseUrl,
    profile: { price: { input: 1, output: 1, asOf: "2026-01-01" } },
  });
  const make = () =>
    defineAgent({
      name: "bench",
      instructions: "Answer.",
      model,
      storage: memoryStorage(),
      spendCap: createSpendCap({ usd: 1e6 }),
    });
  let runner = make();
  let runs = 0;
  // A store that keeps every run would make later runs pay for earlier ones.
  const next = () => {
    if (++runs % 500 === 0) runner = make();
    return runner;
  };
  return {
    async stream(onDelta) {
      for await (const event of next().run("Draft the next step.", { tenant: "bench" })) {
        if (event.type === "text-delta") onDelta(event.text);
      }
    },
    call: () => next().run("Draft the next step.", { tenant: "bench", delivery: "whole" }).output(),
  };
}

const chat = (name, factory) =>
  ours(`@salesagent/provider-${name}`, (module, baseUrl) =>
    module[factory]("bench-model", { apiKey: "sk-bench", baseUrl }),
  );

/** `floor` and `sdk` name the contenders to compare with. */
export const CONTENDERS = {
  "fetch, chat": { wire: "chat", open: bare("chat") },
  "openai SDK, chat": { wire: "chat", open: openAiSdk, floor: "fetch, chat" },
  "provider-openai, chat": {
    wire: "chat",
    open: chat("openai", "openai"),
    floor: "fetch, chat",
    sdk: "openai SDK, chat",
  },
  "provider-cerebras": {
    wire: "chat",
    open: chat("cerebras", "cerebras"),
    floor: "fetch, chat",
    sdk: "openai SDK, chat",
  },
  "provider-deepseek": {
    wire: "chat",
    open: chat("deepseek", "deepseek"),
    floor: "fetch, chat",
    sdk: "openai SDK, chat",
  },
  "provider-openrouter": {
    wire: "chat",
    open: chat("openrouter", "openrouter"),
    floor: "fetch, chat",
    sdk: "openai SDK, chat",
  },
  "provider-vllm": {
    wire: "chat",
    open: chat("vllm", "vllm"),
    floor: "fetch, chat",
    sdk: "openai SDK, chat",
  },
  "agent + records + cap, chat": { wire: "chat", open: agent, floor: "fetch, chat", sdk: "openai SDK, chat" },
  "fetch, responses": { wire: "responses", open: bare("responses") },
  "openai SDK, responses": { wire: "responses", open: responsesSdk, floor: "fetch, responses" },
  "provider-openai, responses": {
    wire: "responses",
    open: ours("@salesagent/provider-openai", (module, baseUrl) =>
      module.openai("gpt-5.4-mini", { api: "responses", apiKey: "sk-bench", baseUrl }),
    ),
    floor: "fetch, responses",
    sdk: "openai SDK, responses",
  },
  "fetch, messages": { wire: "messages", open: bare("messages") },
  "anthropic SDK": { wire: "messages", open: anthropicSdk, floor: "fetch, messages" },
  "provider-anthropic": {
    wire: "messages",
    open: ours("@salesagent/provider-anthropic", (module, baseUrl) =>
      module.anthropic("claude-sonnet-5", { apiKey: "sk-bench", baseUrl }),
    ),
    floor: "fetch, messages",
    sdk: "anthropic SDK",
  },
  "fetch, gemini": { wire: "gemini", open: bare("gemini") },
  "provider-gemini": {
    wire: "gemini",
    open: ours("@salesagent/provider-gemini", (module, baseUrl) =>
      module.gemini("gemini-3.6-flash", { apiKey: "bench", baseUrl }),
    ),
    floor: "fetch, gemini",
  },
  "fetch, ollama": { wire: "ollama", open: bare("ollama") },
  "provider-ollama": {
    wire: "ollama",
    open: ours("@salesagent/provider-ollama", (module, baseUrl) => module.ollama("qwen3", { baseUrl })),
    floor: "fetch, ollama",
  },
};
