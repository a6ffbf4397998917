/**
 * The wire formats that the benchmark speaks: how to ask the vendor for a stream or a whole reply, and how a bare reader
 * gets the text out of one event.
 */
const chat = {
  path: "/chat/completions",
  headers: { authorization: "Bearer sk-bench" },
  body: (model, stream) => ({
    model,
    messages: [{ role: "user", content: "Draft the next step." }],
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  }),
  delta: (event) => event.choices?.[0]?.delta?.content,
  text: (reply) => reply.choices[0].message.content,
};

export const WIRES = {
  chat: { vendor: "openai", model: "gpt-5.4-mini", ...chat },
  responses: {
    vendor: "openai",
    model: "gpt-5.4-mini",
    path: "/responses",
    headers: chat.headers,
    body: (model, stream) => ({ model, input: "Draft the next step.", ...(stream ? { stream: true } : {}) }),
    delta: (event) => (event.type === "response.output_text.delta" ? event.delta : undefined),
    text: (reply) => reply.output.find((item) => item.type === "message").content[0].text,
  },
  messages: {
    vendor: "anthropic",
    model: "claude-sonnet-5",
    path: "/v1/messages",
    headers: { authorization: "Bearer sk-bench", "anthropic-version": "2026-10-21" },
    body: (model, stream) => ({
      model,
      max_tokens: 2000,
      messages: [{ role: "user", content: "Draft the next step." }],
      ...(stream ? { stream: true } : {}),
    }),
    delta: (event) => event.delta?.text,
    text: (reply) => reply.content[0].text,
  },
  gemini: {
    vendor: "gemini",
    model: "gemini-3.6-flash",
    pathFor: (model, stream) =>
      `/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    headers: { "x-goog-api-key": "bench" },
    body: () => ({ contents: [{ role: "user", parts: [{ text: "Draft the next step." }] }] }),
    delta: (event) => event.candidates?.[0]?.content?.parts?.[0]?.text,
    text: (reply) => reply.candidates[0].content.parts[0].text,
  },
  ollama: {
    vendor: "ollama",
    model: "qwen3",
    path: "/api/chat",
    headers: {},
    lines: true,
    body: (model, stream) => ({
      model,
      stream,
      messages: [{ role: "user", content: "Draft the next step." }],
    }),
    delta: (event) => event.message?.content,
    text: (reply) => reply.message.content,
  },
};

/** The path of a wire's request. */
export function pathOf(wire, stream) {
  return wire.pathFor ? wire.pathFor(wire.model, stream) : wire.path;
}
